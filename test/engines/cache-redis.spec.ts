import { randomBytes, randomUUID } from 'node:crypto';
import KeyvRedis, { type RedisClientType } from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { describeSessionEngine } from 'nest-sessions/testing';
import { createCacheEngine, createSessionCache } from '../../src/engines/cache/index.js';
import type { ListsByUser, SessionEngine, SessionToStore, StoredSession } from '../../src/engines/session-engine.js';
import { RedisCluster, RedisServer } from '../support/redis-server.js';
import { removeFromRedis } from '../support/remove-from-redis.js';
import { describeWith, serviceUrls } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const url = serviceUrls.redis.href;

/** Redis drops what is expired by itself, so there is nothing to delete. */
const capabilities = { deleteExpired: false, shared: true, listsByUser: true };

const inAnHour = (data: string): StoredSession => ({ data, expiresAt: new Date(Date.now() + 3_600_000) });
const newKey = (): string => randomBytes(16).toString('hex');

const adapters = {
  '@keyv/redis': () => new KeyvRedis(url),
  '@keyv/valkey': () => new KeyvValkey(url),
};

for (const [name, adapter] of Object.entries(adapters)) {
  await describeWith('redis', `The cache engine through ${name}`, () => {
    const namespace = randomUUID();
    let keyv: Keyv;
    const open: Keyv[] = [];
    const another = (): Keyv => {
      const other = new Keyv(adapter(), { namespace });
      open.push(other);
      return other;
    };
    beforeAll(() => {
      keyv = another();
    });
    afterAll(async () => {
      await Promise.all(open.map((each) => each.disconnect()));
      await removeFromRedis(namespace);
    });

    describeSessionEngine('keeps the contract', ({ clock }) => createCacheEngine(keyv, { clock }), capabilities);

    it('is the same through a cache-manager Cache', async () => {
      const key = newKey();
      await createCacheEngine(keyv).create(key, inAnHour('data'));
      const cache = createCache({ stores: [keyv] });
      expect((await createCacheEngine(cache).load(key))?.data).toBe('data');
    });

    it('loses nothing when many processes replace one session at the same time', async () => {
      const key = newKey();
      const processes = Array.from({ length: 8 }, () => createCacheEngine(another()));
      await processes[0]!.create(key, inAnHour('start'));
      await Promise.all(
        processes.map(async (engine, index) => {
          for (let round = 0; round < 10;) {
            const current = (await engine.load(key))!;
            const outcome = await engine.replace(key, inAnHour(`${current.data} ${index}.${round}`), current);
            if (outcome === 'replaced') round++;
          }
        }),
      );
      expect((await processes[0]!.load(key))?.data.split(' ')).toHaveLength(1 + 80);
      await Promise.all(processes.map((engine) => engine.close?.()));
    });

    it('lets the application read an entry through its own Keyv', async () => {
      const key = newKey();
      await createCacheEngine(keyv).create(key, inAnHour('some "data"'));
      expect(await keyv.get(`session:${key}`)).toBe('some "data"');
    });

    it('knows an entry that is no session as nobody’s session, and writes over it', async () => {
      const engine = createCacheEngine(keyv);
      const key = newKey();
      await keyv.set(`session:${key}`, { not: 'a session' }, 60_000);
      expect(await engine.load(key)).toBeUndefined();
      expect(await engine.touch(key, inAnHour('').expiresAt)).toBe(false);
      expect(await engine.replace(key, inAnHour('next'), inAnHour('data'))).toBe('gone');
      expect(await engine.create(key, inAnHour('data'))).toBe(true);
      expect((await engine.load(key))?.data).toBe('data');
    });

    it('keeps copies of sessions apart from sessions', async () => {
      const key = newKey();
      const cache = createSessionCache(keyv);
      await cache.set(key, '1:copy', 60_000);
      expect(await createCacheEngine(keyv).load(key)).toBeUndefined();
      expect(await cache.get(key)).toBe('1:copy');
      await cache.delete(key);
      expect(await cache.get(key)).toBeUndefined();
    });
  });
}

await describeWith('redis', 'The cache engine in Redis', () => {
  const namespace = randomUUID();
  let client: RedisClientType;
  let keyv: Keyv;
  let clock: TestClock;
  const stored = (key: string): string => `${namespace}::${namespace}:session:${key}`;

  beforeAll(async () => {
    const adapter = new KeyvRedis(url);
    client = (await adapter.getClient()) as RedisClientType;
    keyv = new Keyv(adapter, { namespace });
  });
  afterAll(async () => {
    await keyv?.disconnect();
    await removeFromRedis(namespace);
  });
  beforeEach(() => {
    clock = new TestClock();
  });
  const session = (data: string, seconds: number): StoredSession => ({
    data,
    expiresAt: new Date(clock.now() + seconds * 1000),
  });

  it('gives the server the time that is left, by the clock of the application', async () => {
    const engine = createCacheEngine(keyv, { clock });
    const key = newKey();
    const left = async (): Promise<number> => Math.ceil((await client.pTTL(stored(key))) / 1000);
    await engine.create(key, session('data', 100));
    expect(await left()).toBe(100);
    clock.advance(50);
    await engine.touch(key, session('', 90).expiresAt);
    expect(await left()).toBe(90);
    await engine.replace(key, session('next', 30), session('data', 0));
    expect(await left()).toBe(30);
  });

  it('stores nothing whose time is over, and never without an end', async () => {
    const engine = createCacheEngine(keyv, { clock });
    const key = newKey();
    for (const seconds of [0, -0.001, -60]) {
      expect(await engine.create(key, session('data', seconds))).toBe(true);
      expect(await client.exists(stored(key))).toBe(0);
    }
    await engine.create(key, session('data', 0.001));
    expect(await client.pTTL(stored(key))).not.toBe(-1);
    await engine.delete(key);
    await engine.create(key, session('data', 60));
    expect(await engine.replace(key, session('next', -1), session('data', 0))).toBe('replaced');
    expect(await client.exists(stored(key))).toBe(0);
  });

  it('goes on when the server has forgotten its scripts', async () => {
    const engine = createCacheEngine(keyv, { clock });
    const key = newKey();
    await engine.create(key, session('data', 60));
    await client.scriptFlush();
    expect(await engine.replace(key, session('next', 60), session('data', 0))).toBe('replaced');
    expect((await engine.load(key))?.data).toBe('next');
  });

  it('follows a namespace that the adapter alone uses', async () => {
    const own = new Keyv(new KeyvRedis(client, { namespace }), { namespace, useKeyPrefix: false });
    const key = newKey();
    await createCacheEngine(own, { keyPrefix: 'login:' }).create(key, inAnHour('data'));
    expect(await client.exists(`${namespace}::login:${key}`)).toBe(1);
    expect(await own.get(`login:${key}`)).toBe('data');
  });

  it('rejects when an entry of its name is no text, and harms nothing', async () => {
    const engine = createCacheEngine(keyv);
    const key = newKey();
    await client.lPush(stored(key), 'an element');
    await expect(engine.load(key)).rejects.toThrow('WRONGTYPE');
    await expect(engine.create(key, inAnHour('data'))).rejects.toThrow('WRONGTYPE');
    await client.del(stored(key));
  });
});

await describeWith('redisServer', 'The cache engine and what it asks of Redis', () => {
  let server: RedisServer;
  let keyv: Keyv;
  beforeAll(async () => {
    server = await RedisServer.start();
    keyv = new Keyv(new KeyvRedis(server.url));
  });
  afterAll(async () => {
    await server?.dispose();
    await keyv?.disconnect();
  });

  /** The commands since the last time, those inside of scripts included. */
  const commands = async (): Promise<Record<string, number>> => {
    const statistics = await server.command('INFO', 'commandstats');
    await server.command('CONFIG', 'RESETSTAT');
    const counts = [...statistics.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)].map(([, name, calls]) => [
      name,
      Number(calls),
    ]);
    const { info: _, 'config|resetstat': __, ...asked } = Object.fromEntries(counts);
    return asked;
  };

  /** Makes the calls one after the other and compares what each of them asked. */
  async function expectCommands(calls: [() => Promise<unknown>, Record<string, number>][]): Promise<void> {
    // The first time round the scripts are introduced to the server.
    for (const [call] of calls) await call();
    await commands();
    for (const [call, expected] of calls) {
      await call();
      expect(await commands()).toEqual(expected);
    }
  }

  it('is one script for each call', async () => {
    const engine = createCacheEngine(keyv);
    const key = newKey();
    const calls: [() => Promise<unknown>, Record<string, number>][] = [
      [() => engine.create(key, inAnHour('data')), { get: 1, set: 1 }],
      [() => engine.load(key), { get: 1 }],
      [() => engine.replace(key, inAnHour('next'), inAnHour('data')), { get: 1, set: 1 }],
      [() => engine.touch(key, new Date(Date.now() + 7_200_000)), { get: 1, set: 1 }],
      [() => engine.touch(key, inAnHour('').expiresAt), { get: 1 }],
      [() => engine.delete(key), { get: 1, del: 1 }],
    ];
    await expectCommands(calls.map(([call, inside]) => [call, { evalsha: 1, ...inside }]));
    await engine.deleteExpired(10);
    expect(await commands()).toEqual({});
  });

  it('is a second script, on the set of a user, only for the sessions of users', async () => {
    const engine = createCacheEngine(keyv) as SessionEngine & ListsByUser;
    const key = newKey();
    const of = (user: string | null, data: string): SessionToStore => ({ ...inAnHour(data), user });
    const ann = newKey();
    const added = { zscore: 1, zadd: 1, zremrangebyscore: 1, pttl: 1, pexpire: 1 };
    await expectCommands([
      [() => engine.create(key, of(ann, 'data')), { evalsha: 2, get: 1, set: 1, ...added }],
      [() => engine.replace(key, of(ann, 'next'), inAnHour('data')), { evalsha: 2, get: 1, set: 1, ...added }],
      [() => engine.touch(key, inAnHour('').expiresAt, ann), { evalsha: 2, get: 1, set: 1, ...added }],
      [() => engine.load(key), { evalsha: 1, get: 1 }],
      [() => engine.listByUser(ann), { evalsha: 3, get: 1, zrangebyscore: 2 }],
      [() => engine.replace(key, of(null, 'data'), inAnHour('next')), { evalsha: 1, get: 1, set: 1 }],
      [() => engine.delete(key), { evalsha: 2, get: 1, del: 1, zrem: 1 }],
      [() => engine.listByUser(ann), { evalsha: 1, zrangebyscore: 1 }],
    ]);
  });
});

await describeWith('redisServer', 'The cache engine on a Redis with a password', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start('--requirepass', 'wonderland');
  });
  afterAll(() => server?.dispose());

  it.each([
    ['no password', ''],
    ['a wrong password', ':looking-glass@'],
  ])('stops the start when the server refuses %s', async (_, login) => {
    const keyv = new Keyv(new KeyvRedis(server.url.replace('//', `//${login}`)));
    const engine = createCacheEngine(keyv, { timeout: 0.5 });
    await expect(engine.open?.(() => undefined)).rejects.toMatchObject({
      code: 'SESSION_OPTIONS',
      message: expect.stringMatching(/Redis does not let sessions be kept in it: .*(NOAUTH|WRONGPASS)/),
    });
    await keyv.disconnect();
  });
});

await describeWith('redisServer', 'The cache engine on Redis Cluster', () => {
  let cluster: RedisCluster;
  let keyv: Keyv;
  const connect = (): Keyv => new Keyv(new KeyvRedis({ rootNodes: cluster.urls.map((node) => ({ url: node })) }));
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    keyv = connect();
  });
  afterAll(async () => {
    await cluster?.dispose();
    await keyv?.disconnect();
  });

  describeSessionEngine('keeps the contract', ({ clock }) => createCacheEngine(keyv, { clock }), capabilities);

  it('serves calls that come while it still finds out where the nodes are', async () => {
    const early = connect();
    const engine = createCacheEngine(early);
    const keys = Array.from({ length: 10 }, newKey);
    await Promise.all(keys.map((key) => engine.create(key, inAnHour(key))));
    for (const key of keys) expect((await engine.load(key))?.data).toBe(key);
    await early.disconnect();
  });
});
