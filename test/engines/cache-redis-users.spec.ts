import { randomBytes, randomUUID } from 'node:crypto';
import KeyvRedis, { createClient, type RedisClientType } from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { Keyv } from 'keyv';
import { createCacheEngine } from '../../src/engines/cache/index.js';
import type { EngineLifecycle, ListsByUser, SessionEngine, SessionToStore } from '../../src/engines/session-engine.js';
import { RedisCluster } from '../support/redis-server.js';
import { describeWith, serviceUrls } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const url = serviceUrls.redis.href;
const newKey = (): string => randomBytes(16).toString('hex');

type Engine = SessionEngine & ListsByUser & EngineLifecycle;

const adapters = {
  '@keyv/redis': () => new KeyvRedis(url),
  '@keyv/valkey': () => new KeyvValkey(url),
};

for (const [name, adapter] of Object.entries(adapters)) {
  await describeWith('redis', `The sets that the cache engine keeps of users in Redis, through ${name}`, () => {
    const namespace = randomUUID();
    let client: RedisClientType;
    let keyv: Keyv;
    let prefix: string;
    let clock: TestClock;
    let engine: Engine;
    let ann: string;
    let ben: string;

    beforeAll(async () => {
      client = await createClient({ url }).connect();
      keyv = new Keyv(adapter(), { namespace });
      const probe = newKey();
      await createCacheEngine(keyv).create(probe, { data: 'data', expiresAt: new Date(Date.now() + 60_000) });
      for await (const [found] of client.scanIterator({ MATCH: `*${probe}`, COUNT: 1000 })) {
        if (found) prefix = found.slice(0, -probe.length);
      }
      expect(prefix).toContain(namespace);
    });
    afterAll(async () => {
      await keyv?.disconnect();
      for await (const names of client.scanIterator({ MATCH: `*${namespace}*`, COUNT: 1000 })) {
        if (names.length > 0) await client.unlink(names);
      }
      await client?.close();
    });
    beforeEach(() => {
      clock = new TestClock();
      engine = createCacheEngine(keyv, { clock }) as Engine;
      [ann, ben] = [newKey(), newKey()];
    });
    afterEach(() => engine.close?.());

    const session = (user: string | null | undefined, data = 'data', seconds = 60): SessionToStore => ({
      data,
      expiresAt: new Date(clock.now() + seconds * 1000),
      user,
    });
    const members = (user: string): Promise<string[]> => client.zRange(`${prefix}user:${user}`, 0, -1);
    const secondsLeft = async (user: string): Promise<number> =>
      Math.ceil((await client.pTTL(`${prefix}user:${user}`)) / 1000);
    const entry = (key: string): Promise<string | null> => client.get(prefix + key);

    it('lie beside the sessions and hold their keys by their expiry', async () => {
      const key = newKey();
      await engine.create(key, session(ann));
      expect(await client.zRangeWithScores(`${prefix}user:${ann}`, 0, -1)).toEqual([
        { value: key, score: clock.now() + 60_000 },
      ]);
    });

    it('leave the entry of a session as it is for who does not ask for users', async () => {
      const key = newKey();
      for (const user of [undefined, null]) {
        await engine.delete(key);
        await engine.create(key, session(user));
        expect(await entry(key)).toBe(`{"expires":${clock.now() + 60_000},"value":"data"}`);
        await engine.replace(key, session(user, 'next'), session(user));
        await engine.touch(key, session(user, '', 90).expiresAt, user);
        expect(await entry(key)).toBe(`{"expires":${clock.now() + 90_000},"value":"next"}`);
      }
    });

    it('are named in the entry of a session that a user has or had, which any Keyv still reads', async () => {
      // The Keyv goes by the time of the system.
      clock.advance((Date.now() - clock.now()) / 1000);
      const key = newKey();
      const users = async (): Promise<unknown> => JSON.parse((await entry(key))!).users;
      await engine.create(key, session(null, '1'));
      expect(await users()).toBeUndefined();
      await engine.replace(key, session(ann, '2'), session(null, '1'));
      expect(await users()).toBe(ann);
      await engine.replace(key, session(ben, '3'), session(ann, '2'));
      expect(await users()).toBe(`${ben} ${ann}`);
      await engine.replace(key, session(undefined, '4'), session(ben, '3'));
      await engine.touch(key, session(ben, '', 120).expiresAt, ben);
      expect(await users()).toBe(`${ben} ${ann}`);
      await engine.replace(key, session(null, '5'), session(ben, '4'));
      expect(await users()).toBe(` ${ben} ${ann}`);
      await engine.replace(key, session(ann, '6'), session(null, '5'));
      expect(await users()).toBe(`${ann} ${ben}`);
      expect(await keyv.get(`session:${key}`)).toBe('6');
      expect(await engine.load(key)).toEqual({ data: '6', expiresAt: session(ann).expiresAt });
      expect([await engine.listByUser(ann), await engine.listByUser(ben)]).toEqual([
        [{ key, data: '6', expiresAt: session(ann).expiresAt }],
        [],
      ]);
      await engine.delete(key);
      expect([await members(ann), await members(ben)]).toEqual([[], []]);
    });

    it('keep nothing of 10,000 logins and logouts of one user', async () => {
      const visit = async (index: number): Promise<void> => {
        const [anonymous, key] = [newKey(), newKey()];
        await engine.create(anonymous, session(null));
        await engine.create(key, session(ann));
        await engine.replace(anonymous, session(null, 'grave'), session(null));
        await engine.delete(anonymous);
        if (index % 2) await engine.touch(key, session(ann, '', 90).expiresAt, ann);
        if (index % 3) await engine.replace(key, session(null, 'nobody’s'), session(ann));
        await engine.delete(key);
      };
      for (let start = 0; start < 10_000; start += 100) {
        await Promise.all(Array.from({ length: 100 }, (_, index) => visit(start + index)));
      }
      expect(await client.exists(`${prefix}user:${ann}`)).toBe(0);
    }, 300_000);

    it('lose what is expired when the next session of the user is stored', async () => {
      for (let index = 0; index < 1000; index += 100) {
        await Promise.all(Array.from({ length: 100 }, () => engine.create(newKey(), session(ann))));
      }
      expect(await members(ann)).toHaveLength(1000);
      clock.advance(60);
      expect(await engine.listByUser(ann)).toEqual([]);
      const key = newKey();
      await engine.create(key, session(ann));
      expect(await members(ann)).toEqual([key]);
    });

    it('end with the session that ends last, and no earlier for any that ends before', async () => {
      await engine.create(newKey(), session(ann, 'data', 100));
      expect(await secondsLeft(ann)).toBe(100);
      await engine.create(newKey(), session(ann, 'data', 10));
      expect(await secondsLeft(ann)).toBe(100);
      const key = newKey();
      await engine.create(key, session(ann, 'data', 10));
      await engine.touch(key, session(ann, '', 200).expiresAt, ann);
      expect(await secondsLeft(ann)).toBe(200);
      await engine.replace(key, session(ann, 'next', 5), session(ann));
      expect(await secondsLeft(ann)).toBe(200);
      await engine.create(newKey(), session(ben, 'data', -1));
      expect(await client.exists(`${prefix}user:${ben}`)).toBe(0);
    });

    it('list a session for as long as it lives, also when a writer came too late who would have ended it earlier', async () => {
      const key = newKey();
      await engine.create(key, session(ann, 'data', 100));
      expect(await engine.replace(key, session(ann, 'late', 10), session(ann, 'another'))).toBe('changed');
      clock.advance(50);
      expect(await engine.listByUser(ann)).toMatchObject([{ key }]);
    });

    it('keep nothing of a session that was stored before anybody asked whose it is', async () => {
      const key = newKey();
      await engine.create(key, session(undefined));
      await engine.touch(key, session(ann, '', 30).expiresAt, ann);
      expect(await members(ann)).toEqual([key]);
      await engine.delete(key);
      expect(await members(ann)).toEqual([]);
    });

    it('list nothing of what came too late for a session that is gone', async () => {
      const key = newKey();
      expect(await engine.replace(key, session(ann), session(ann))).toBe('gone');
      expect(await engine.touch(key, session(ann).expiresAt, ann)).toBe(false);
      expect(await members(ann)).toEqual([]);
    });

    it('are not made for what stands for no user', async () => {
      for (const user of ['short', 'ANN00000', 'ann","value":"', '%w+00000', 'a'.repeat(65)]) {
        await expect(engine.create(newKey(), session(user))).rejects.toThrow('stands for a user');
        expect(await engine.listByUser(user)).toEqual([]);
      }
    });

    it('reject, and harm nothing, where something else has their name', async () => {
      const key = newKey();
      await client.set(`${prefix}user:${ann}`, 'a text', { EX: 60 });
      await expect(engine.create(key, session(ann))).rejects.toThrow('WRONGTYPE');
      expect(await engine.load(key)).toBeUndefined();
      await expect(engine.listByUser(ann)).rejects.toThrow('WRONGTYPE');
    });
  });
}

await describeWith('redisServer', 'The sets of users on a Redis Cluster that loses a node', () => {
  let cluster: RedisCluster;
  let keyv: Keyv;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    keyv = new Keyv(new KeyvRedis({ rootNodes: cluster.urls.map((node) => ({ url: node })) }));
  });
  afterAll(async () => {
    await cluster?.dispose();
    await keyv?.disconnect();
  });

  it('let no session be stored that they could not name', async () => {
    const engine = createCacheEngine(keyv, { timeout: 0.5 }) as Engine;
    const expiresAt = new Date(Date.now() + 60_000);
    const pairs = Array.from({ length: 30 }, () => ({ key: newKey(), user: newKey() }));
    await engine.create(newKey(), { data: 'data', expiresAt, user: newKey() });
    await cluster.servers[0]!.stop();
    const stored = await Promise.allSettled(
      pairs.map(({ key, user }) => engine.create(key, { data: user, expiresAt, user })),
    );
    expect(new Set(stored.map(({ status }) => status))).toEqual(new Set(['fulfilled', 'rejected']));
    const check = async ({ key, user }: (typeof pairs)[number]): Promise<void> => {
      const found = await engine.load(key).catch(() => undefined);
      if (found) expect(await engine.listByUser(user)).toEqual([{ key, ...found }]);
    };
    await Promise.all(pairs.map(check));
  });
});
