import { randomBytes } from 'node:crypto';
import { setImmediate as aMoment } from 'node:timers/promises';
import KeyvRedis from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { Keyv, type KeyvStoreAdapter } from 'keyv';
import { createCacheEngine } from '../../src/engines/cache/index.js';
import type {
  KeyedSession,
  ListsByUser,
  SessionEngine,
  SessionToStore,
  StoredSession,
} from '../../src/engines/session-engine.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWith } from '../support/services.js';
import { TcpGate } from '../support/tcp-gate.js';
import { TestClock } from '../support/test-clock.js';

type Engine = SessionEngine & ListsByUser;

const newKey = (): string => randomBytes(16).toString('hex');

const adapters: Record<string, (url: string) => KeyvStoreAdapter> = {
  '@keyv/redis': (url) => new KeyvRedis(url),
  '@keyv/valkey': (url) => new KeyvValkey(url) as KeyvStoreAdapter,
};

const MINUTE = 60;
const HOUR = 3600;
const ANN = 'ann00000';
const BEN = 'ben00000';
const of = (user: string | null, data: string, seconds = HOUR): SessionToStore => ({
  data,
  expiresAt: new Date(Date.now() + seconds * 1000),
  user,
});

/** What happens to a session of that key, of a minute at first and of an hour then, which is ann's where its data says so. */
const operations: [name: string, before: SessionToStore | undefined, work: (engine: Engine, key: string) => unknown][] =
  [
    ['the first store', undefined, (engine, key) => engine.create(key, of(ANN, 'of ann'))],
    [
      'a login',
      of(null, 'nobody’s', MINUTE),
      (engine, key) => engine.replace(key, of(ANN, 'of ann'), of(null, 'nobody’s')),
    ],
    [
      'a change',
      of(ANN, 'of ann', MINUTE),
      (engine, key) => engine.replace(key, of(ANN, 'of ann too'), of(ANN, 'of ann')),
    ],
    [
      'a change of the user',
      of(BEN, 'ben’s', MINUTE),
      (engine, key) => engine.replace(key, of(ANN, 'of ann'), of(BEN, 'ben’s')),
    ],
    ['a renewal', of(ANN, 'of ann', MINUTE), (engine, key) => engine.touch(key, of(ANN, '').expiresAt, ANN)],
    [
      'the loss of the user',
      of(ANN, 'of ann'),
      (engine, key) => engine.replace(key, of(null, 'no'), of(ANN, 'of ann')),
    ],
    ['the end', of(ANN, 'of ann'), (engine, key) => engine.delete(key)],
    ['a change after the end', undefined, (engine, key) => engine.replace(key, of(ANN, 'of ann'), of(ANN, 'of ann'))],
  ];

/** A session, and the list of its user. What the gate let pass last, Redis may do in between: then again. */
async function seenBy(
  observer: Engine,
  key: string,
): Promise<{ stored: StoredSession | undefined; listed: KeyedSession[] }> {
  for (;;) {
    const stored = await observer.load(key);
    const listed = (await observer.listByUser(ANN)).filter((session) => session.key === key);
    if ((await observer.load(key))?.data === stored?.data) return { stored, listed };
  }
}

for (const [name, adapter] of Object.entries(adapters)) {
  await describeWith(
    'redisServer',
    `A Redis that fails between a session and the set of its user, through ${name}`,
    () => {
      let server: RedisServer;
      let gate: TcpGate;
      let keyv: Keyv;
      let witness: Keyv;
      beforeAll(async () => {
        server = await RedisServer.start();
        gate = await TcpGate.to(server.port);
        keyv = new Keyv(adapter(`redis://127.0.0.1:${gate.port}`));
        witness = new Keyv(adapter(server.url));
      });
      afterAll(async () => {
        await Promise.all([keyv?.disconnect(), witness?.disconnect()]);
        await gate?.shut();
        await server?.dispose();
      });

      it.each(operations)('leaves no session that its user’s list lacks: %s', async (_, before, work) => {
        const direct = createCacheEngine(witness) as Engine;
        const later = createCacheEngine(witness, { clock: new TestClock(Date.now() + 120_000) }) as Engine;
        const engine = createCacheEngine(keyv, { timeout: 0.2 }) as Engine;
        let isDone = false;
        for (let requests = 0; !isDone; requests++) {
          const key = newKey();
          if (before) await direct.create(key, before);
          // It has a connection, and the server knows all scripts.
          while (
            await engine.delete(newKey()).then(
              () => false,
              () => true,
            )
          )
            await aMoment();
          gate.requestsToPass = requests;
          const outcome = await Promise.resolve(work(engine, key)).then(
            () => 'done',
            () => 'failed',
          );
          isDone = gate.requestsToPass >= 0;
          await gate.shut();
          gate.requestsToPass = Infinity;
          await gate.open();
          for (const observer of [direct, later]) {
            const { stored, listed } = await seenBy(observer, key);
            expect(listed).toEqual(stored?.data.startsWith('of ann') ? [{ key, ...stored }] : []);
          }
          if (isDone) expect(outcome).toBe('done');
          if (requests === 0) expect(outcome).toBe('failed');
        }
      });
    },
  );
}
