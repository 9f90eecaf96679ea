import { randomUUID } from 'node:crypto';
import { setImmediate as aMoment } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { describeSessionEngine, MemoryEngine } from 'nest-sessions/testing';
import type { DataSource } from 'typeorm';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import { createSessionCache, type SessionCache } from '../../src/engines/cache/index.js';
import { MemoryCache } from '../../src/engines/cache/memory-cache.js';
import { DatabaseEngine } from '../../src/engines/database/index.js';
import { listsByUser, type SessionEngine, type StoredSession } from '../../src/engines/session-engine.js';
import { SessionEntity } from '../../src/typeorm.js';
import { databases, StatementLog } from '../support/databases.js';
import { describeWith, serviceUrls } from '../support/services.js';
import { StagedEngine } from '../support/staged-engine.js';
import { TestClock } from '../support/test-clock.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';

/** A cache that a test breaks, or leaves without an answer, and which remembers what was asked of it. */
class UnreliableCache implements SessionCache {
  readonly calls: string[] = [];
  readonly lives: number[] = [];
  failure: Error | undefined;
  hanging = false;
  readonly #texts: MemoryCache;

  constructor(clock: TestClock) {
    this.#texts = new MemoryCache(clock);
  }

  get(key: string): Promise<string | undefined> {
    return this.#ask(`get ${key}`, () => this.#texts.get(key));
  }

  set(key: string, text: string, milliseconds: number): Promise<void> {
    this.lives.push(milliseconds);
    return this.#ask(`set ${key}`, () => this.#texts.set(key, text, milliseconds));
  }

  delete(key: string): Promise<void> {
    return this.#ask(`delete ${key}`, () => this.#texts.delete(key));
  }

  /** The calls since the last time. */
  take(): string[] {
    return this.calls.splice(0);
  }

  #ask<T>(call: string, answer: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    if (this.hanging) return new Promise(() => undefined);
    return this.failure ? Promise.reject(this.failure) : answer();
  }
}

describeSessionEngine(
  'cached_db in memory',
  ({ clock }) =>
    new CachedDatabaseEngine(new MemoryEngine({ clock }), createSessionCache(undefined, { clock }), { clock }),
  { listsByUser: true },
);

describeSessionEngine('cached_db over a Keyv in memory', ({ clock }) => {
  const cache = createSessionCache(new Keyv(), { clock });
  return new CachedDatabaseEngine(new MemoryEngine({ clock }), cache, { clock });
});

const engines = new Map<SessionEngine, StagedEngine>();
describeSessionEngine(
  'cached_db over a database that fails',
  ({ clock }) => {
    const database = new StagedEngine(new MemoryEngine({ clock }));
    const engine = new CachedDatabaseEngine(database, createSessionCache(undefined, { clock }), { clock });
    engines.set(engine, database);
    return engine;
  },
  {
    async breakStore(engine) {
      const database = engines.get(engine)!;
      let down = true;
      for (const method of ['load', 'create', 'replace', 'touch', 'delete', 'deleteExpired'] as const) {
        database.during(method, async () => {
          if (down) throw new Error('The database is down.');
        });
      }
      return async () => void (down = false);
    },
  },
);

await describeWith('redis', 'cached_db over Redis and SQLite', () => {
  const log = new StatementLog();
  let dataSource: DataSource;
  let keyv: Keyv;
  beforeAll(async () => {
    dataSource = await databases.find(({ name }) => name === 'SQLite')!.open([SessionEntity], { logger: log });
    keyv = new Keyv(new KeyvRedis(serviceUrls.redis.href), { namespace: randomUUID() });
  });
  afterAll(async () => {
    await keyv?.clear();
    await keyv?.disconnect();
    await dataSource?.destroy();
  });

  describeSessionEngine(
    'keeps the contract',
    ({ clock }) => {
      const database = new DatabaseEngine(dataSource, SessionEntity, { clock });
      return new CachedDatabaseEngine(database, createSessionCache(keyv, { clock }), { clock });
    },
    { shared: true, listsByUser: true },
  );

  it('reads what it has a copy of without a statement, in any process', async () => {
    const engine = (): SessionEngine =>
      new CachedDatabaseEngine(new DatabaseEngine(dataSource, SessionEntity), createSessionCache(keyv));
    const session = { data: 'data', expiresAt: new Date(Date.now() + 60_000) };
    await engine().create(KEY, session);
    log.take();
    expect(await engine().load(KEY)).toEqual(session);
    expect(log.take()).toHaveLength(2);
    for (let read = 0; read < 3; read++) expect(await engine().load(KEY)).toEqual(session);
    expect(log.take()).toEqual([]);
    await engine().delete(KEY);
    expect(await engine().load(KEY)).toBeUndefined();
  });
});

describe('cached_db', () => {
  let clock: TestClock;
  let database: StagedEngine;
  let rows: MemoryEngine;
  let cache: UnreliableCache;
  let warnings: string[];
  let engine: CachedDatabaseEngine;

  const session = (data: string, seconds = 3600): StoredSession => ({
    data,
    expiresAt: new Date(clock.now() + seconds * 1000),
  });
  const anotherProcess = (): CachedDatabaseEngine => new CachedDatabaseEngine(database, cache, { clock });

  beforeEach(async () => {
    clock = new TestClock();
    rows = new MemoryEngine({ clock });
    database = new StagedEngine(rows);
    cache = new UnreliableCache(clock);
    warnings = [];
    engine = new CachedDatabaseEngine(database, cache, { clock, warn: (message) => warnings.push(message) });
    await rows.create(KEY, session('data'));
  });

  it('asks the database twice for a copy and then no more', async () => {
    expect((await engine.load(KEY))?.data).toBe('data');
    expect(database.takeCalls()).toEqual(['load', 'load']);
    expect((await anotherProcess().load(KEY))?.data).toBe('data');
    expect(database.takeCalls()).toEqual([]);
    expect(cache.take()).toEqual([`get ${KEY}`, `set ${KEY}`, `get ${KEY}`]);
  });

  it('keeps no copy of a missing session', async () => {
    expect(await engine.load('missing1')).toBeUndefined();
    expect(cache.take()).toEqual(['get missing1']);
  });

  it.each([
    ['replace', () => engine.replace(KEY, session('next'), session('data'))],
    ['touch', () => engine.touch(KEY, session('', 7200).expiresAt)],
    ['delete', () => engine.delete(KEY)],
  ])('changes the row first and drops the copy then, on %s', async (method, write) => {
    await engine.load(KEY);
    database.takeCalls();
    cache.take();
    database.during(method as 'replace', async () => expect(cache.take()).toEqual([]), 'after');
    await write();
    expect(database.takeCalls()).toEqual([method]);
    expect(cache.take()).toEqual([`delete ${KEY}`]);
  });

  it.each([
    ['replace', () => engine.replace(KEY, session('next'), session('data'))],
    ['touch', () => engine.touch(KEY, session('', 7200).expiresAt)],
    ['delete', () => engine.delete(KEY)],
  ])('drops the copy when the database did its work but could not say so, on %s', async (method, write) => {
    await engine.load(KEY);
    database.fail(method as 'replace', new Error('The connection broke.'), { when: 'after' });
    await expect(write()).rejects.toThrow('The connection broke.');
    expect(await engine.load(KEY)).toEqual(await rows.load(KEY));
  });

  it('keeps a copy for 60 seconds and no longer than its session', async () => {
    await rows.create('ending00', session('data', 5));
    await engine.load(KEY);
    await engine.load('ending00');
    expect(cache.lives).toEqual([60_000, 5000]);
    clock.advance(5);
    expect(await engine.load('ending00')).toBeUndefined();
    clock.advance(55);
    await rows.delete(KEY);
    expect(await engine.load(KEY)).toBeUndefined();
  });

  it.each([
    [10, 10_000],
    [60, 60_000],
    [3600, 60_000],
  ])('with a maxAge of %d keeps a copy for %d milliseconds', async (maxAge, milliseconds) => {
    await new CachedDatabaseEngine(database, cache, { clock, maxAge }).load(KEY);
    expect(cache.lives).toEqual([milliseconds]);
  });

  it('lets no copy outlive its session when the cache keeps it too long', async () => {
    await rows.create('ending00', session('data', 5));
    await cache.set('ending00', `${clock.now() + 5000}:data`, 60_000);
    expect(await engine.load('ending00')).toEqual(session('data', 5));
    clock.advance(5);
    expect(await engine.load('ending00')).toBeUndefined();
  });

  it.each(['', 'text', ':', 'x:data', 'NaN:data', '1.5:data'])('reads the row when the copy is %p', async (text) => {
    await cache.set(KEY, text, 60_000);
    expect(await engine.load(KEY)).toEqual(session('data'));
  });

  it('sees the row after a replace that was refused because the copy was behind', async () => {
    await engine.load(KEY);
    await rows.replace(KEY, session('by Django'), session('data'));
    const behind = (await engine.load(KEY))!;
    expect(behind.data).toBe('data');
    expect(await engine.replace(KEY, session('next'), behind)).toBe('changed');
    const newest = (await engine.load(KEY))!;
    expect(newest.data).toBe('by Django');
    expect(await engine.replace(KEY, session('next'), newest)).toBe('replaced');
  });

  it('knows that a session is gone after a replace that found no row', async () => {
    await engine.load(KEY);
    await rows.delete(KEY);
    expect(await engine.replace(KEY, session('next'), session('data'))).toBe('gone');
    expect(await engine.load(KEY)).toBeUndefined();
  });

  it('gives what the second look at the row found, and keeps no copy then', async () => {
    database.during('load', () => rows.replace(KEY, session('next'), session('data')), 'after');
    expect((await engine.load(KEY))?.data).toBe('next');
    expect(cache.take()).toEqual([`get ${KEY}`, `set ${KEY}`, `delete ${KEY}`]);
  });

  it('keeps no copy when the second look at the row fails', async () => {
    database.during('load', async () => database.fail('load', new Error('The database is down.')), 'after');
    await expect(engine.load(KEY)).rejects.toThrow('The database is down.');
    expect(cache.take()).toEqual([`get ${KEY}`, `set ${KEY}`, `delete ${KEY}`]);
  });

  it('lists the sessions of a user as the database has them, whatever the cache holds or does', async () => {
    const own = new CachedDatabaseEngine(rows, cache, { clock });
    await own.create('session1', { ...session('first'), user: 'ann00000' });
    const behind = (await own.load('session1'))!;
    await rows.replace('session1', session('second'), behind);
    cache.failure = new Error('down');
    expect(await own.listByUser?.('ann00000')).toEqual([{ key: 'session1', ...session('second') }]);
  });

  it('can list the sessions of a user where the database can, and says so only there', () => {
    expect(listsByUser(new CachedDatabaseEngine(rows, cache))).toBe(true);
    expect(listsByUser(new CachedDatabaseEngine(Object.assign(rows, { listByUser: undefined }), cache))).toBe(false);
  });

  it('tells the database whose session is renewed', async () => {
    await engine.touch(KEY, session('', 7200).expiresAt, 'ann00000');
    expect(database.calls.at(-1)?.args).toEqual([KEY, session('', 7200).expiresAt, 'ann00000']);
  });

  it('opens and closes the database, and lets go of the cache', async () => {
    const done: string[] = [];
    const lively = Object.assign(new MemoryEngine(), {
      open: async () => void done.push('open'),
      close: async () => void done.push('close'),
    });
    const held = Object.assign(new MemoryCache(clock), { close: () => void done.push('let go') });
    const own = new CachedDatabaseEngine(lively, held, { clock });
    await own.open(() => undefined);
    await own.close();
    expect(done).toEqual(['open', 'let go', 'close']);
  });

  describe('while the cache fails', () => {
    const down = new Error('connect ECONNREFUSED');
    const calls: [string, () => Promise<unknown>, unknown][] = [
      ['load', () => engine.load(KEY), expect.objectContaining({ data: 'data' })],
      ['create', () => engine.create('newkey00', session('new')), true],
      ['replace', () => engine.replace(KEY, session('next'), session('data')), 'replaced'],
      ['touch', () => engine.touch(KEY, session('', 7200).expiresAt), true],
      ['delete', () => engine.delete(KEY), undefined],
      ['deleteExpired', () => engine.deleteExpired(10), 0],
    ];

    it.each(calls)('%s does its work', async (_, call, result) => {
      cache.failure = down;
      expect(await call()).toEqual(result);
    });

    it('says so once, and once more when it answers again', async () => {
      cache.failure = down;
      for (let read = 0; read < 3; read++) {
        await engine.load(KEY);
        await aMoment();
      }
      expect(warnings).toEqual([expect.stringMatching(/cache failed.*: connect ECONNREFUSED$/)]);
      cache.failure = undefined;
      await engine.load(KEY);
      await aMoment();
      expect(warnings.slice(1)).toEqual(['The session cache answers again.']);
      await engine.load(KEY);
      database.takeCalls();
      await engine.load(KEY);
      expect(database.takeCalls()).toEqual([]);
    });

    it.each([
      ['the first call that failed', async () => undefined],
      ['a call after it', () => engine.load('missing1')],
    ])('drops what it could not drop before the cache is used again: %s', async (_, before) => {
      await engine.load(KEY);
      cache.failure = down;
      await before();
      await engine.delete(KEY);
      expect(await engine.load(KEY)).toBeUndefined();
      await aMoment();
      cache.failure = undefined;
      cache.take();
      expect(await engine.load(KEY)).toBeUndefined();
      await aMoment();
      expect(cache.take()).toEqual(['get probe', `delete ${KEY}`]);
      expect(await anotherProcess().load(KEY)).toBeUndefined();
    });

    it('makes nobody wait for it: only the first call finds that it hangs', async () => {
      cache.failure = down;
      await engine.load(KEY);
      await aMoment();
      cache.failure = undefined;
      cache.hanging = true;
      await engine.load(KEY);
      await engine.replace(KEY, session('next'), session('data'));
      await engine.delete(KEY);
      expect(await engine.load(KEY)).toBeUndefined();
    });
  });
});
