import { SessionInterruptedError } from '../../src/errors/index.js';
import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { SessionEngine, SessionToStore } from '../../src/engines/session-engine.js';
import { SessionState } from '../../src/session/session-state.js';
import type { Session } from '../../src/session/session.js';
import { isStandIn } from '../../src/session/stand-in.js';
import { FORMER, importKeys, inherits, OldStore } from '../support/former-world.js';
import { SessionWorld } from '../support/session-world.js';
import { TestClock } from '../support/test-clock.js';
import { explore, type Scenario, type Scheduler } from './explorer.js';
import { heldEngine } from './held-stores.js';

/** What the handlers do of requests that come with the old cookie only. */
const deeds = {
  read: () => {},
  count: (session: Session) => session.compute('count', (count = 0) => count + 1),
  'log out': (session: Session) => session.flush(),
  'log in': (session: Session) => session.cycleKey(),
} as const;

type Deed = keyof typeof deeds;
/** What happens at the same time: requests, and the old application where it still runs. */
type Operation = Deed | 'save in the old application';

/** Remembers under which keys there ever was something. */
class RememberingEngine extends MemoryEngine {
  readonly keys = new Set<string>();

  override create(key: string, session: SessionToStore): Promise<boolean> {
    this.keys.add(key);
    return super.create(key, session);
  }
}

/** Operations on one old session, each in a process of its own. */
class Visits {
  readonly memory = new RememberingEngine({ clock: new TestClock() });
  readonly old = new OldStore();
  readonly world: SessionWorld;
  /** Whom requests have found logged in. */
  readonly found: unknown[] = [];
  /** The same for those that began after a logout had been answered. */
  readonly foundAfterLogOut: unknown[] = [];
  readonly #heldOld: OldStore;
  #hasLoggedOut = false;

  constructor(
    private readonly scheduler: Scheduler,
    engine: (memory: MemoryEngine) => SessionEngine = (memory) => heldEngine(scheduler, memory),
  ) {
    this.world = new SessionWorld({ importKeys, engine: engine(this.memory) });
    this.#heldOld = scheduler.hold(this.old, (name) => ({ name, resource: 'old store', reads: name === 'load' }));
  }

  do(operation: Operation, number: number): Promise<void> {
    const span = { operation: number, ended: Infinity };
    return this.scheduler.span(span, () =>
      operation === 'save in the old application' ? this.#heldOld.save() : this.visit(operation),
    );
  }

  /** One request, from its load to its commit. */
  async visit(deed: Deed): Promise<void> {
    const isLate = this.#hasLoggedOut;
    const manager = this.world.newProcess();
    const state = new SessionState([], undefined, inherits(this.#heldOld));
    const session = manager.session(state);
    try {
      await manager.load(state);
      (isLate ? this.foundAfterLogOut : this.found).push(session.get('userId'));
      await deeds[deed](session);
      if (manager.needsCommit(state)) await manager.commit(state);
      if (deed === 'log out') this.#hasLoggedOut = true;
    } catch (error) {
      // Another request has logged out.
      if (!(error instanceof SessionInterruptedError)) throw error;
    }
  }

  /** The sessions that the store still has. */
  async left(): Promise<Record<string, unknown>[]> {
    const rows = await Promise.all([...this.memory.keys].map((key) => this.memory.load(key)));
    return rows.flatMap((row) =>
      !row || isStandIn(row.data) ? [] : [Object.fromEntries(this.world.codec.decode(row.data).values)],
    );
  }
}

async function tryAll(
  operations: readonly Operation[],
  check: (visits: Visits) => Promise<void>,
  { limit = 400, open = (scheduler: Scheduler) => new Visits(scheduler) } = {},
): Promise<void> {
  const start = (scheduler: Scheduler): Scenario => {
    const visits = open(scheduler);
    return {
      operations: operations.map((operation, number) => () => visits.do(operation, number)),
      check: () => check(visits),
    };
  };
  const { schedules, complete } = await explore({ start, limit });
  process.stderr.write(`${operations.join(' beside ')}: ${schedules} schedules, ${complete ? 'all' : 'a sample'}.\n`);
}

describe('Overlapping requests of one session of another library, in any order', () => {
  it.each<Operation[][]>([[['read', 'read']], [['count', 'count']], [['count', 'count', 'count']]])(
    'lose nothing and make one session: %j',
    (operations) =>
      tryAll(operations, async (visits) => {
        const count = operations.filter((operation) => operation === 'count').length;
        expect(visits.found).toEqual(operations.map(() => 'ann'));
        expect(await visits.left()).toEqual([{ ...FORMER.values, ...(count > 0 && { count }) }]);
        expect(visits.old.content).toBeUndefined();
      }),
    100_000,
  );

  it.each<Operation[][]>([
    [['log out', 'read']],
    [['log out', 'log out']],
    [['log out', 'count']],
    [['log out', 'read', 'count']],
    [['log out', 'read', 'save in the old application']],
    [['log out', 'log out', 'save in the old application']],
  ])(
    'do not bring a session back that was logged out: %j',
    (operations) =>
      tryAll(operations, async (visits) => {
        // What a visitor does who is not logged in may begin a session of its own.
        expect((await visits.left()).filter(({ userId }) => userId !== undefined)).toEqual([]);
        expect(visits.foundAfterLogOut.filter(Boolean)).toEqual([]);
        await visits.visit('read');
        expect(visits.foundAfterLogOut.filter(Boolean)).toEqual([]);
      }),
    100_000,
  );

  it.each<Operation[][]>([
    [['log in', 'read']],
    [['log in', 'count']],
    [['log in', 'log in']],
    [['log in', 'read', 'save in the old application']],
  ])(
    'do not double a session that is given another key: %j',
    (operations) =>
      tryAll(operations, async (visits) => {
        expect((await visits.left()).filter(({ userId }) => userId !== undefined)).toHaveLength(1);
      }),
    100_000,
  );
});
