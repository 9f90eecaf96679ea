import { setImmediate as aMoment } from 'node:timers/promises';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { describeSessionEngine } from 'nest-sessions/testing';
import { createCacheEngine } from '../../src/engines/cache/index.js';
import type { SessionEngine, StoredSession } from '../../src/engines/session-engine.js';
import { playEveryInterleaving, type Step } from '../support/interleavings.js';
import { TestClock } from '../support/test-clock.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const NAME = `keyv:session:${KEY}`;

/** A store as a Keyv adapter offers it: it takes its time, and any number of Keyvs can be on it. */
class SlowStore {
  readonly entries = new Map<string, string>();
  readonly calls: { name: string; text: string; ttl?: number }[] = [];

  constructor(private readonly step: Step = (work) => aMoment().then(work)) {}

  get(name: string): Promise<string | undefined> {
    return this.step(() => this.entries.get(name));
  }

  set(name: string, text: string, ttl?: number): Promise<boolean> {
    return this.step(() => {
      this.calls.push({ name, text, ttl });
      this.entries.set(name, text);
      return true;
    });
  }

  delete(name: string): Promise<boolean> {
    return this.step(() => this.entries.delete(name));
  }

  async clear(): Promise<void> {
    this.entries.clear();
  }
}

/** A store whose next calls a test breaks, or leaves without an answer until it gives them one. */
class UnreliableStore extends SlowStore {
  failing = false;
  hanging: Promise<void> | undefined;

  override get(name: string): Promise<string | undefined> {
    return this.#pass(() => super.get(name));
  }

  override set(name: string, text: string, ttl?: number): Promise<boolean> {
    return this.#pass(() => super.set(name, text, ttl));
  }

  override delete(name: string): Promise<boolean> {
    return this.#pass(() => super.delete(name));
  }

  async #pass<T>(call: () => Promise<T>): Promise<T> {
    await this.hanging;
    if (this.failing) throw new Error('The store is down.');
    return call();
  }
}

const keyvOn = (store: SlowStore): Keyv => new Keyv({ store });

describeSessionEngine('The cache engine in memory', ({ clock }) => createCacheEngine(undefined, { clock }));
describeSessionEngine('The cache engine on a Keyv in memory', ({ clock }) => createCacheEngine(new Keyv(), { clock }));
describeSessionEngine('The cache engine on a Cache in memory', ({ clock }) =>
  createCacheEngine(createCache(), { clock }),
);
describeSessionEngine(
  'The cache engine on any other Keyv store',
  ({ clock }) => createCacheEngine(keyvOn(new SlowStore()), { clock }),
  { deleteExpired: false },
);

const stores = new Map<SessionEngine, UnreliableStore>();
describeSessionEngine(
  'The cache engine on a store that fails',
  ({ clock }) => {
    const store = new UnreliableStore();
    const engine = createCacheEngine(keyvOn(store), { clock });
    stores.set(engine, store);
    return engine;
  },
  {
    deleteExpired: false,
    async breakStore(engine) {
      const store = stores.get(engine)!;
      store.failing = true;
      return async () => void (store.failing = false);
    },
  },
);

describe('The cache engine on a Keyv store without a compare and swap', () => {
  let clock: TestClock;
  beforeEach(() => {
    clock = new TestClock();
  });

  const session = (data: string, seconds = 60): StoredSession => ({
    data,
    expiresAt: new Date(clock.now() + seconds * 1000),
  });
  const engineOn = (store: SlowStore, timeout?: number): SessionEngine =>
    createCacheEngine(keyvOn(store), { clock, timeout });

  it.each([
    ['replace', (engine: SessionEngine) => engine.replace(KEY, session('next', 120), session('data'))],
    ['touch', (engine: SessionEngine) => engine.touch(KEY, session('', 120).expiresAt)],
    ['load', (engine: SessionEngine) => engine.load(KEY)],
    ['delete', (engine: SessionEngine) => engine.delete(KEY)],
  ])('brings no deleted session back by a %s in another process, in any order', async (_, task) => {
    const count = await playEveryInterleaving((step) => {
      const store = new SlowStore(step);
      store.entries.set(NAME, JSON.stringify({ value: `${clock.now() + 60_000}:data` }));
      return {
        tasks: [() => task(engineOn(store)), () => engineOn(store).delete(KEY)],
        async check() {
          expect(await engineOn(store).load(KEY)).toBeUndefined();
          expect([...store.entries.keys()]).toEqual([`${NAME}:deleted`]);
        },
      };
    });
    expect(count).toBeGreaterThan(1);
  });

  it('knows a session as deleted also when a process dies right after it stored it once more', async () => {
    const store = new SlowStore();
    const engine = engineOn(store);
    await engine.create(KEY, session('data'));
    const late = store.entries.get(NAME)!;
    await engine.delete(KEY);
    store.entries.set(NAME, late);
    expect(await engine.load(KEY)).toBeUndefined();
    expect(await engine.touch(KEY, session('').expiresAt)).toBe(false);
    expect(await engine.replace(KEY, session('next'), session('data'))).toBe('gone');
    expect(await engineOn(store).load(KEY)).toBeUndefined();
  });

  it('keeps a tombstone for as long as the session, or any that it stored, could have lived', async () => {
    const store = new SlowStore();
    const engine = engineOn(store);
    const month = 30 * 24 * 60 * 60;
    await engine.create(KEY, session('data', month));
    await engineOn(store).delete(KEY);
    expect(store.calls.at(-1)).toMatchObject({ name: `${NAME}:deleted`, ttl: month * 1000 });
    clock.advance(month - 60);
    await engine.delete(KEY);
    expect(store.calls.at(-1)).toMatchObject({ name: `${NAME}:deleted`, ttl: month * 1000 });
    await engineOn(store).delete('neverstored');
    expect(store.calls.at(-1)).toMatchObject({ ttl: 24 * 60 * 60 * 1000 });
  });

  it('stores texts only, each for the time that is left and none for ever', async () => {
    const store = new SlowStore();
    const engine = engineOn(store);
    await engine.create(KEY, session('data', 0.0005));
    await engine.delete(KEY);
    await engine.create(KEY, session('data', 60));
    await engine.touch(KEY, session('', 90).expiresAt);
    await engine.replace(KEY, session('next', 30), session('data'));
    const sessions = store.calls.filter(({ name }) => name === NAME);
    expect(sessions.map(({ ttl }) => ttl)).toEqual([60_000, 90_000, 30_000]);
    for (const { text, ttl } of store.calls) {
      expect(typeof JSON.parse(text).value).toBe('string');
      expect(ttl).toBeGreaterThan(0);
    }
  });

  it('stores nothing whose time is over', async () => {
    const store = new SlowStore();
    const engine = engineOn(store);
    expect(await engine.create(KEY, session('data', 0))).toBe(true);
    expect(store.calls).toEqual([]);
    await engine.create(KEY, session('data'));
    expect(await engine.replace(KEY, session('next', -1), session('data'))).toBe('replaced');
    expect(store.entries.size).toBe(0);
  });

  it('knows an entry that is no session as nobody’s session', async () => {
    const store = new SlowStore();
    for (const value of ['text', ':', 'x:y', 17, { data: 'data' }, null]) {
      store.entries.set(NAME, JSON.stringify({ value }));
      expect(await engineOn(store).load(KEY)).toBeUndefined();
    }
  });

  it('rejects when the store says that it did not take a session', async () => {
    const store = Object.assign(new SlowStore(), { set: async () => false });
    await expect(engineOn(store).create(KEY, session('data'))).rejects.toThrow('did not take');
  });

  it('rejects within its time limit while the store gives no answer, and goes on when it does', async () => {
    const store = new UnreliableStore();
    const engine = engineOn(store, 0.05);
    await engine.create(KEY, session('data'));
    let answer!: () => void;
    store.hanging = new Promise((resolve) => (answer = resolve));
    const calls = [
      () => engine.load(KEY),
      () => engine.create('otherkey', session('other')),
      () => engine.replace(KEY, session('next'), session('data')),
      () => engine.touch(KEY, session('', 90).expiresAt),
      () => engine.delete(KEY),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow('The cache did not answer within 0.05 seconds');
    answer();
    store.hanging = undefined;
    // What was asked meanwhile is still done, in its order: the deletion last.
    let found = await engine.load(KEY);
    while (found) found = await engine.load(KEY);
    expect(await engineOn(store).load(KEY)).toBeUndefined();
  });

  it('lets no write overtake one whose answer is late', async () => {
    const store = new SlowStore();
    const engine = engineOn(store, 0.2);
    await engine.create(KEY, session('data'));
    let goOn!: () => void;
    const late = new Promise<void>((resolve) => (goOn = resolve));
    const set = store.set.bind(store);
    store.set = async (...entry) => {
      store.set = set;
      await late;
      return set(...entry);
    };
    await expect(engine.replace(KEY, session('first'), session('data'))).rejects.toThrow('did not answer');
    await expect(engine.replace(KEY, session('second'), session('data'))).rejects.toThrow('did not answer');
    goOn();
    expect(await engine.replace(KEY, session('third'), session('first'))).toBe('replaced');
  });

  it('says at the start that the store does not answer, and starts all the same', async () => {
    const store = new UnreliableStore();
    store.failing = true;
    const warnings: string[] = [];
    await createCacheEngine(keyvOn(store)).open?.((message) => warnings.push(message));
    expect(warnings).toEqual([expect.stringMatching(/^The cache does not answer yet\. .* The store is down\.$/)]);
  });

  it('does not bring the application down by an error that nobody listens for', async () => {
    const store = new UnreliableStore();
    store.failing = true;
    await expect(engineOn(store).delete(KEY)).rejects.toThrow('The store is down.');
  });
});

describe('The cache engine on a Keyv in memory', () => {
  it('does not grow by sessions and tombstones whose time is over', async () => {
    const clock = new TestClock();
    const entries = new Map<string, unknown>([['keyv:other', '{"value":"stays"}']]);
    const engine = createCacheEngine(new Keyv({ store: entries }), { clock });
    const expiresAt = new Date(clock.now() + 60_000);
    await engine.create('expired1', { data: 'data', expiresAt });
    await engine.create('expired2', { data: 'data', expiresAt });
    await engine.create('deleted1', { data: 'data', expiresAt });
    await engine.delete('deleted1');
    expect(entries.size).toBe(4);
    clock.advance(24 * 60 * 60);
    expect(await engine.deleteExpired(10)).toBe(2);
    expect([...entries.keys()]).toEqual(['keyv:other']);
  });
});
