import type { DataSource } from 'typeorm';
import { SessionEntity } from '../../src/engines/database/index.js';
import { databases } from '../support/databases.js';
import { explore, type Explored, type Scheduler } from './explorer.js';
import { heldCachedDatabase, heldDatabase, heldKeyv, heldMemory } from './held-stores.js';
import {
  allOperations,
  choices,
  mainOperations,
  messageOperations,
  operations,
  type OperationName,
} from './session-operations.js';
import { sessionScenario, type HeldStore, type ScenarioOptions } from './session-scenario.js';

/** Tries every schedule also where a sample must do otherwise, which takes hours. */
const EXPLORE_ALL = process.env.EXPLORE === 'all';
const TIMEOUT = EXPLORE_ALL ? 24 * 3_600_000 : 180_000;

interface StoreToExplore {
  readonly name: string;
  readonly open: (scheduler: Scheduler) => HeldStore;
  /** Between processes. @default false */
  readonly deletionOnly?: boolean;
  /** How many schedules of so many operations are tried in order before the rest is sampled: of main ones, of any. */
  readonly limits: { readonly twoMain: number; readonly two: number; readonly threeMain: number };
}

let sqlite: DataSource;

const stores: StoreToExplore[] = [
  {
    name: 'a store that does each thing in one call',
    open: (scheduler) => heldMemory(scheduler),
    limits: { twoMain: Infinity, two: Infinity, threeMain: Infinity },
  },
  {
    name: 'db',
    open: (scheduler) => heldDatabase(scheduler, sqlite),
    limits: { twoMain: Infinity, two: 20, threeMain: 40 },
  },
  {
    name: 'cached_db',
    open: (scheduler) => heldCachedDatabase(scheduler),
    limits: { twoMain: 60, two: 4, threeMain: 6 },
  },
  {
    name: 'cache on a Keyv',
    open: (scheduler) => heldKeyv(scheduler),
    deletionOnly: true,
    limits: { twoMain: 30, two: 5, threeMain: 5 },
  },
];

type Setting = Omit<ScenarioOptions, 'operations'>;

function exploreOne(names: readonly OperationName[], setting: Setting, limit: number): Promise<Explored> {
  const chosen = names.map((name) => operations[name]);
  return explore({
    limit: EXPLORE_ALL ? Infinity : limit,
    start: (scheduler) => sessionScenario(scheduler, { ...setting, operations: chosen }),
  }).catch((error: unknown) => {
    throw new Error(`${names.join(' beside ')}: ${(error as Error).message}`, { cause: error });
  });
}

/** Explores each choice of operations and says how far. */
async function exploreEach(
  chosen: readonly OperationName[][],
  setting: Setting,
  limitOf: (names: readonly OperationName[]) => number,
): Promise<void> {
  let schedules = 0;
  let sampled = 0;
  for (const names of chosen) {
    const explored = await exploreOne(names, setting, limitOf(names));
    schedules += explored.schedules;
    if (!explored.complete) sampled++;
  }
  const extent = sampled === 0 ? 'every one' : `a sample for ${sampled} of them`;
  const { currentTestName } = expect.getState();
  process.stderr.write(`${currentTestName}: ${schedules} schedules of ${chosen.length} choices, ${extent}.\n`);
}

const areMain = (names: readonly OperationName[]): boolean => names.every((name) => mainOperations.includes(name));

describe('Requests of one session that overlap in any order', () => {
  beforeAll(async () => {
    sqlite = await databases.find(({ name }) => name === 'SQLite')!.open([SessionEntity]);
  });
  afterAll(() => sqlite.destroy());

  describe.each(stores)('on $name', ({ open, deletionOnly, limits }) => {
    for (const oneProcess of [false, true]) {
      const setting = { open, oneProcess, deletionOnly: deletionOnly && !oneProcess };
      const promise =
        (setting.deletionOnly ? 'bring no deleted session back' : 'lose nothing and bring no deleted session back') +
        (oneProcess ? ', in one process' : ', each in its own process');

      it(
        `${promise}: two at a time`,
        () =>
          exploreEach(choices(allOperations, 2), setting, (names) => (areMain(names) ? limits.twoMain : limits.two)),
        TIMEOUT,
      );

      it(
        `${promise}: three at a time`,
        () => exploreEach(choices(mainOperations, 3), setting, () => limits.threeMain),
        TIMEOUT,
      );
    }
  });

  it.each([
    ['each in its own process', false],
    ['in one process', true],
  ])(
    'read a message once, %s: three at a time',
    (_, oneProcess) => exploreEach(choices(messageOperations, 3), { open: heldMemory, oneProcess }, () => 20),
    TIMEOUT,
  );

  it(
    'lose nothing and bring no deleted session back: three at a time of all kinds',
    () => exploreEach(choices(allOperations, 3), { open: heldMemory }, () => 3),
    TIMEOUT,
  );
});
