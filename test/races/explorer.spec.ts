import type { SessionCache } from '../../src/engines/cache/index.js';
import { frameSession } from '../../src/engines/cache/framed-session.js';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { ReplaceOutcome, SessionEngine, SessionToStore, StoredSession } from '../../src/engines/session-engine.js';
import { TestClock } from '../support/test-clock.js';
import { explore, type Explored, type Scenario, type Scheduler, type Span } from './explorer.js';
import { heldCachedDatabase, heldMemory } from './held-stores.js';
import { choices, mainOperations, operations, type OperationName } from './session-operations.js';
import { sessionScenario, type HeldStore } from './session-scenario.js';

/** Operations that write to resources of one letter each, in turn, and a log of who wrote where. */
function writers(scheduler: Scheduler, letters: readonly string[], check: (log: readonly string[]) => void): Scenario {
  const log: string[] = [];
  const write = async (operation: number, resource: string): Promise<void> =>
    void (await scheduler.call({ name: 'write', resource }, async () => log.push(operation + resource)));
  return {
    operations: letters.map((resources, operation) => () => {
      const span: Span = { operation, ended: Infinity };
      return scheduler.span(span, async () => {
        for (const resource of resources) await write(operation, resource);
      });
    }),
    check: () => check(log),
  };
}

async function ordersOf(letters: readonly string[], everyOrder: boolean): Promise<string[]> {
  const orders: string[] = [];
  const start = (scheduler: Scheduler): Scenario =>
    writers(scheduler, letters, (log) => void orders.push(log.join(' ')));
  await explore({ start, everyOrder });
  return orders;
}

describe('The explorer', () => {
  it.each([
    [['aaa', 'aaa'], 20],
    [['ab', 'cd'], 6],
    [['aa', 'aa', 'aa'], 90],
  ])('tries every order of %j once', async (letters, count) => {
    const orders = await ordersOf(letters, true);
    expect(orders).toHaveLength(count);
    expect(new Set(orders).size).toBe(count);
  });

  it('leaves out orders that differ only in neighbours on different resources', async () => {
    const orders = await ordersOf(['abc', 'ade'], false);
    expect(orders.length).toBeLessThan(20);
    // Both orders on the one resource that they share, and each operation ended before the other or not.
    const kinds = orders.map((order) => {
      const [first, other, end, otherEnd] = ['0a', '1a', '0c', '1e'].map((call) => order.indexOf(call));
      return [first! < other!, end! < other!, otherEnd! < first!].join();
    });
    expect(new Set(kinds).size).toBe(4);
  });

  it('says so when operations wait for each other for ever', async () => {
    const start = () => ({ operations: [() => new Promise<void>(() => {})], check: () => {} });
    await expect(explore({ start })).rejects.toThrow('1 operations wait for something that never comes');
  });

  it('tells the order of calls after which a check fails', async () => {
    const start = (scheduler: Scheduler): Scenario =>
      writers(scheduler, ['a', 'a'], (log) => expect(log).toEqual(['0a', '1a']));
    await expect(explore({ start })).rejects.toThrow(/1\.1 write a\s+0\.1 write a/);
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
    { broken: 'does not compare before it takes', Engine: NotComparing, names: ['read', 'read'] },
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
