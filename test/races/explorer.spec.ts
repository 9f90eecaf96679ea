import type { SessionCache } from '../../src/engines/cache/index.js';
import { frameSession } from '../../src/engines/cache/framed-session.js';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { ReplaceOutcome, SessionEngine, SessionToStore, StoredSession } from '../../src/engines/session-engine.js';
import { TestClock } from '../support/test-clock.js';
import { explore, type Explored, type Scheduler, type Span } from './explorer.js';
import { heldCachedDatabase, heldMemory } from './held-stores.js';
import { choices, mainOperations, operations, type OperationName } from './session-operations.js';
import { sessionScenario, type HeldStore } from './session-scenario.js';

/** An operation that writes to each of these resources in turn, and notes it. */
function writing(scheduler: Scheduler, operation: number, resources: string[], log: string[]): () => Promise<void> {
  const span: Span = { operation, ended: Infinity };
  return () =>
    scheduler.span(span, async () => {
      for (const resource of resources) {
        await scheduler.call({ name: 'write', resource }, async () => log.push(`${operation}${resource}`));
      }
    });
}

async function ordersOf(operations: string[][], everyOrder: boolean): Promise<string[]> {
  const orders: string[] = [];
  await explore({
    everyOrder,
    start: (scheduler) => {
      const log: string[] = [];
      return {
        operations: operations.map((resources, operation) => writing(scheduler, operation, resources, log)),
        check: () => void orders.push(log.join(' ')),
      };
    },
  });
  return orders;
}

describe('The explorer', () => {
  it('tries every order of the calls of two operations, each once', async () => {
    const orders = await ordersOf(
      [
        ['a', 'a', 'a'],
        ['a', 'a', 'a'],
      ],
      true,
    );
    expect(orders).toHaveLength(20);
    expect(new Set(orders).size).toBe(20);
  });

  it('tries every order of three', async () => {
    expect(
      new Set(
        await ordersOf(
          [
            ['a', 'a'],
            ['a', 'a'],
            ['a', 'a'],
          ],
          true,
        ),
      ).size,
    ).toBe(90);
  });

  it('leaves out orders that differ only in neighbours on different resources', async () => {
    const orders = await ordersOf(
      [
        ['a', 'b', 'c'],
        ['a', 'd', 'e'],
      ],
      false,
    );
    expect(orders.length).toBeLessThan(20);
    const firsts = orders.map((order) =>
      [
        order.indexOf('0a') < order.indexOf('1a'),
        order.indexOf('0c') < order.indexOf('1a'),
        order.indexOf('1e') < order.indexOf('0a'),
      ].join(),
    );
    expect(new Set(firsts).size).toBe(4);
  });

  it('says so when operations wait for each other for ever', async () => {
    const start = () => ({ operations: [() => new Promise<void>(() => {})], check: () => {} });
    await expect(explore({ start })).rejects.toThrow('1 operations wait for something that never comes');
  });

  it('tells the order of calls after which a check fails', async () => {
    await expect(
      ordersOf([['a'], ['b']], true).then(() =>
        explore({
          start: (scheduler) => {
            const log: string[] = [];
            return {
              operations: [writing(scheduler, 0, ['a'], log), writing(scheduler, 1, ['a'], log)],
              check: () => expect(log).toEqual(['0a', '1a']),
            };
          },
        }),
      ),
    ).rejects.toThrow(/1.1 write a\s+0.1 write a/);
  });
});

class NotComparing extends MemoryEngine {
  override async replace(key: string, session: SessionToStore): Promise<ReplaceOutcome> {
    const current = await super.load(key);
    return current ? super.replace(key, session, current) : 'gone';
  }
}

class Upserting extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const outcome = await super.replace(key, session, previous);
    return outcome === 'gone' && (await super.create(key, session)) ? 'replaced' : outcome;
  }
}

class Reviving extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    return (await super.touch(key, expiresAt)) || super.create(key, { data: '{}', expiresAt });
  }
}

class MovingTheExpiryBack extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    const current = await super.load(key);
    return current !== undefined && (await super.replace(key, { ...current, expiresAt }, current)) === 'replaced';
  }
}

/** Django's order: what was read goes into the cache, and nobody looks at the row again. */
class NotVerifying extends CachedDatabaseEngine {
  constructor(
    private readonly rows: SessionEngine,
    private readonly copies: SessionCache,
    options: object,
  ) {
    super(rows, copies, options);
  }

  override async load(key: string): Promise<StoredSession | undefined> {
    if ((await this.copies.get(key)) !== undefined) return super.load(key);
    const row = await this.rows.load(key);
    if (row) await this.copies.set(key, frameSession(row), 1000);
    return row;
  }
}

function exploreRequests(
  names: readonly OperationName[],
  open: (scheduler: Scheduler) => HeldStore,
  everyOrder = false,
): Promise<Explored> {
  const chosen = names.map((name) => operations[name]);
  return explore({ everyOrder, start: (scheduler) => sessionScenario(scheduler, { open, operations: chosen }) });
}

describe('The exploration of requests', () => {
  const heldMemoryOf = (Engine: typeof MemoryEngine) => (scheduler: Scheduler) =>
    heldMemory(scheduler, new Engine({ clock: new TestClock() }));

  it.each([
    { broken: 'does not compare before it swaps', Engine: NotComparing, names: ['set own key', 'compute'] },
    { broken: 'creates what it should replace', Engine: Upserting, names: ['flush', 'set own key'] },
    { broken: 'revives what it should touch', Engine: Reviving, names: ['flush', 'touch'] },
    { broken: 'moves an expiry back', Engine: MovingTheExpiryBack, names: ['touch', 'touch'] },
  ] as const)('finds out an engine that $broken', async ({ Engine, names }) => {
    await expect(exploreRequests(names, heldMemoryOf(Engine))).rejects.toThrow('Nothing explains');
  });

  it.each([
    ['flush', 'load'],
    ['compute', 'load'],
  ] as const)('finds out a cached_db that does not look at the row again: %s beside %s', async (...names) => {
    const open = (scheduler: Scheduler): HeldStore => heldCachedDatabase(scheduler, NotVerifying);
    await expect(exploreRequests(names, open)).rejects.toThrow('Nothing explains');
  });

  it('finds the same where it leaves out orders that differ in nothing', async () => {
    const isRefuted = (names: readonly OperationName[], Engine: typeof MemoryEngine, everyOrder: boolean) =>
      exploreRequests(names, heldMemoryOf(Engine), everyOrder).then(
        () => false,
        () => true,
      );
    for (const names of choices(mainOperations, 2)) {
      for (const Engine of [MemoryEngine, NotComparing, Upserting, Reviving, MovingTheExpiryBack]) {
        const found = await isRefuted(names, Engine, false);
        expect([names, Engine.name, found]).toEqual([names, Engine.name, await isRefuted(names, Engine, true)]);
      }
    }
  });
});
