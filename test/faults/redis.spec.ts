import { randomBytes } from 'node:crypto';
import { setImmediate as aMoment } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { MemoryEngine, type SessionEngineCapabilities } from 'nest-sessions/testing';
import { createCacheEngine, createSessionCache } from '../../src/engines/cache/index.js';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import { outageChecks } from '../../src/engines/conformance/outage.checks.js';
import { Stage } from '../../src/engines/conformance/stage.js';
import type { SessionEngine, StoredSession } from '../../src/engines/session-engine.js';
import { TcpGate } from '../support/tcp-gate.js';
import { RedisCluster, RedisServer } from '../support/redis-server.js';
import { describeWith } from '../support/services.js';

/** Seconds. */
const TIMEOUT = 0.4;

const inAnHour = (data: string): StoredSession => ({ data, expiresAt: new Date(Date.now() + 3_600_000) });
const newKey = (): string => randomBytes(16).toString('hex');

const everyCall = (engine: SessionEngine, key: string): Promise<unknown>[] => [
  engine.load(key),
  engine.create(newKey(), inAnHour('data')),
  engine.replace(key, inAnHour('next'), inAnHour('data')),
  engine.touch(key, inAnHour('').expiresAt),
  engine.delete(key),
];

/** Asks again for as long as the answer is an error: a client takes a while to find out that its server is back. */
async function onceItAnswers<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch {
      await aMoment();
    }
  }
}

const adapters: Record<string, (url: string) => KeyvStoreAdapter> = {
  '@keyv/redis': (url) => new KeyvRedis(url),
  '@keyv/valkey': (url) => new KeyvValkey(url) as KeyvStoreAdapter,
};

for (const [name, adapter] of Object.entries(adapters)) {
  await describeWith('redisServer', `The cache engine through ${name}`, () => {
    let server: RedisServer;
    let keyv: Keyv;
    let engine: SessionEngine;

    const connect = (): void => {
      keyv = new Keyv(adapter(server.url));
      engine = createCacheEngine(keyv, { timeout: TIMEOUT });
    };
    beforeEach(async () => {
      server = await RedisServer.prepare();
    });
    afterEach(async () => {
      await server.dispose();
      await keyv.disconnect();
    });

    it('rejects every call while Redis is stopped, says why, and works again when it is back', async () => {
      await server.start();
      connect();
      await engine.create('key00001', inAnHour('data'));
      await server.stop();
      // The first may still be on its way when the connection breaks.
      for (let round = 0; round < 2; round++) {
        for (const outcome of await Promise.allSettled(everyCall(engine, 'key00001'))) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.any(String) } });
          if (round > 0) {
            const { message } = (outcome as PromiseRejectedResult).reason as Error;
            expect(message).toMatch('ECONNREFUSED');
          }
        }
      }
      await server.start();
      expect(await onceItAnswers(() => engine.create(newKey(), inAnHour('data')))).toBe(true);
    });

    it('rejects every call within the time limit while Redis hangs, and works again when it goes on', async () => {
      await server.start();
      connect();
      // The server knows all scripts then.
      await Promise.all(everyCall(engine, 'key00001'));
      await engine.create('key00001', inAnHour('data'));
      for (let round = 0; round < 2; round++) {
        server.hang();
        for (const outcome of await Promise.allSettled(everyCall(engine, 'key00001'))) {
          expect(outcome).toMatchObject({ status: 'rejected', reason: { message: expect.any(String) } });
          expect((outcome as PromiseRejectedResult).reason.message).toMatch('Redis did not answer within 0.4 seconds');
        }
        server.goOn();
        // It has kept what was sent to it: the session is deleted by now.
        expect(await onceItAnswers(() => engine.create('key00001', inAnHour('data')))).toBe(true);
        expect((await engine.load('key00001'))?.data).toBe('data');
      }
    });

    it('knows no session after Redis was restarted empty, and none comes back', async () => {
      await server.start();
      connect();
      const session = inAnHour('data');
      await engine.create('key00001', session);
      await server.stop();
      await server.start();
      expect(await onceItAnswers(() => engine.load('key00001'))).toBeUndefined();
      expect(await engine.replace('key00001', inAnHour('next'), session)).toBe('gone');
      expect(await engine.touch('key00001', inAnHour('').expiresAt)).toBe(false);
      expect(await engine.create('key00001', session)).toBe(true);
      expect((await engine.load('key00001'))?.data).toBe('data');
    });

    it('does not keep the application from starting before Redis does', async () => {
      const warnings: string[] = [];
      keyv = new Keyv(adapter(server.url));
      const early = createCacheEngine(keyv, { timeout: TIMEOUT });
      await early.open?.((message) => warnings.push(message));
      expect(warnings).toEqual([expect.stringMatching(/^Redis does not answer yet\. .*ECONNREFUSED/)]);
      await expect(early.load('key00001')).rejects.toThrow('ECONNREFUSED');
      await server.start();
      expect(await onceItAnswers(() => early.load('key00001'))).toBeUndefined();
      await early.close?.();
    });

    it('settles every call that is under way while Redis stops and starts, and goes on', async () => {
      await server.start();
      connect();
      const errors: unknown[] = [];
      const work = { calls: 0, over: false };
      const client = async (): Promise<void> => {
        while (!work.over) {
          work.calls++;
          const key = newKey();
          try {
            await engine.create(key, inAnHour('data'));
            await engine.load(key);
          } catch (error) {
            errors.push(error);
          }
          await aMoment();
        }
      };
      const clients = Array.from({ length: 20 }, client);
      try {
        for (const calls of [200, 400]) {
          while (work.calls < calls) await aMoment();
          await server.stop();
          await expect(engine.load(newKey())).rejects.toThrow();
          await server.start();
          await onceItAnswers(() => engine.load(newKey()));
        }
      } finally {
        work.over = true;
        await Promise.all(clients);
      }
      expect(errors.length).toBeGreaterThan(0);
      for (const error of errors) expect(error).toMatchObject({ message: expect.any(String) });
    });

    it('does not do late what it could not send', async () => {
      await server.start();
      connect();
      await engine.create('key00001', inAnHour('data'));
      await server.stop();
      // By this the client knows that it has no connection.
      await expect(engine.load('key00001')).rejects.toThrow();
      const keys = [newKey(), newKey(), newKey()];
      for (const key of keys) await expect(engine.create(key, inAnHour('late'))).rejects.toThrow();
      await server.start();
      await onceItAnswers(() => engine.load('key00001'));
      for (const key of keys) expect(await engine.load(key)).toBeUndefined();
    });
  });

  await describeWith('redisServer', `A Redis that cannot be reached, through ${name}`, () => {
    let server: RedisServer;
    let gate: TcpGate;
    let keyv: Keyv;
    beforeAll(async () => {
      server = await RedisServer.start();
      gate = await TcpGate.to(server.port);
      keyv = new Keyv(adapter(`redis://127.0.0.1:${gate.port}`));
    });
    afterAll(async () => {
      await gate?.shut();
      await server?.dispose();
      await keyv?.disconnect();
    });

    const capabilities: SessionEngineCapabilities = {
      deleteExpired: false,
      listsByUser: true,
      async breakStore(engine) {
        await gate.shut();
        // What is under way when a connection breaks, the client of Valkey sends again. A read does no harm.
        await engine.load(newKey()).catch(() => undefined);
        return async () => {
          await gate.open();
          await onceItAnswers(() => engine.load(newKey()));
        };
      },
    };
    it('does not take its own write, whose answer was lost, for that of another process', async () => {
      const engine = createCacheEngine(keyv);
      const key = newKey();
      await engine.create(key, inAnHour('data'));
      await engine.replace(key, inAnHour('data'), inAnHour('data'));
      gate.swallowsAnswers = true;
      const replaced = expect(engine.replace(key, inAnHour('next'), inAnHour('data'))).rejects.toThrow();
      const witness = new Keyv(adapter(server.url));
      while ((await createCacheEngine(witness).load(key))?.data !== 'next') await aMoment();
      await witness.disconnect();
      gate.swallowsAnswers = false;
      await gate.shut();
      await gate.open();
      await replaced;
    });

    for (const check of outageChecks.filter(({ appliesTo }) => appliesTo?.(capabilities) ?? true)) {
      it(check.name, () =>
        Stage.run(check, ({ clock }) => createCacheEngine(keyv, { clock, timeout: 1 }), capabilities),
      );
    }
  });
}

await describeWith('redisServer', 'The cache engine on a Redis Cluster that loses a node', () => {
  let cluster: RedisCluster;
  let keyv: Keyv;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    keyv = new Keyv(new KeyvRedis({ rootNodes: cluster.urls.map((url) => ({ url })) }));
  });
  afterAll(async () => {
    await cluster?.dispose();
    await keyv?.disconnect();
  });

  it('rejects calls on the sessions of that node, and works again when it is back', async () => {
    const engine = createCacheEngine(keyv, { timeout: TIMEOUT });
    const keys = Array.from({ length: 30 }, newKey);
    for (const key of keys) expect(await engine.create(key, inAnHour('data'))).toBe(true);
    const [node] = cluster.servers;
    await node!.stop();
    const outcomes = await Promise.allSettled(keys.map((key) => engine.load(key)));
    const rejected = outcomes.filter(({ status }) => status === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') expect(outcome.value?.data).toBe('data');
      else expect(outcome.reason).toMatchObject({ message: expect.any(String) });
    }
    await node!.start();
    for (const key of keys) await onceItAnswers(() => engine.load(key));
  });

  it('starts before the cluster is there', async () => {
    const server = await RedisServer.prepare('--cluster-enabled', 'yes');
    const early = new Keyv(new KeyvRedis({ rootNodes: [{ url: server.url }] }));
    const warnings: string[] = [];
    const engine = createCacheEngine(early, { timeout: TIMEOUT });
    await engine.open?.((message) => warnings.push(message));
    expect(warnings).toEqual([expect.stringMatching(/^Redis does not answer yet\./)]);
    await server.start();
    await server.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    expect(await onceItAnswers(() => engine.create(newKey(), inAnHour('data')))).toBe(true);
    await server.dispose();
    await early.disconnect();
  });
});

await describeWith('redisServer', 'cached_db over a Redis that fails', () => {
  let server: RedisServer;
  let keyv: Keyv;
  let database: MemoryEngine;
  let warnings: string[];
  let engine: CachedDatabaseEngine;
  beforeEach(async () => {
    server = await RedisServer.start();
    keyv = new Keyv(new KeyvRedis(server.url));
    database = new MemoryEngine();
    warnings = [];
    engine = new CachedDatabaseEngine(database, createSessionCache(keyv, { timeout: TIMEOUT }), {
      warn: (message) => warnings.push(message),
    });
  });
  afterEach(async () => {
    await server.dispose();
    await keyv.disconnect();
  });

  const outages = {
    hangs: { begin: async () => server.hang(), end: async () => server.goOn() },
    'is stopped': { begin: () => server.stop(), end: () => server.start() },
  };

  it.each(Object.entries(outages))(
    'does all its work while Redis %s, and uses it again afterwards',
    async (_, outage) => {
      const session = inAnHour('data');
      await engine.create('key00001', session);
      expect(await engine.load('key00001')).toEqual(session);
      await outage.begin();
      expect(await engine.load('key00001')).toEqual(session);
      expect(await engine.create('key00002', session)).toBe(true);
      expect(await engine.replace('key00001', inAnHour('next'), session)).toBe('replaced');
      expect((await engine.load('key00001'))?.data).toBe('next');
      await engine.delete('key00001');
      expect(await engine.load('key00001')).toBeUndefined();
      expect(warnings).toHaveLength(1);
      await outage.end();
      while (warnings.length < 2) {
        expect(await engine.load('key00001')).toBeUndefined();
        await aMoment();
      }
      // Another process finds no copy either of what was deleted meanwhile.
      const other = new CachedDatabaseEngine(database, createSessionCache(keyv));
      expect(await other.load('key00001')).toBeUndefined();
      expect(await engine.load('key00002')).toEqual(session);
      await database.delete('key00002');
      expect(await other.load('key00002')).toEqual(session);
    },
  );
});
