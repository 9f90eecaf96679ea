import { RedisStore } from 'connect-redis';
import expressSession from 'express-session';
import { fromExpressStore, SessionEngine } from 'nest-sessions';
import { describeSessionEngine } from 'nest-sessions/testing';
import { createClient } from 'redis';
import { removeFromRedis } from '../support/remove-from-redis.js';
import { describeWith, serviceUrls } from '../support/services.js';

const PREFIX = `express-store-test-${process.pid}:`;

describeSessionEngine(
  "fromExpressStore with express-session's MemoryStore",
  () => fromExpressStore(new expressSession.MemoryStore()),
  { clock: false, deleteExpired: false },
);

await describeWith('redis', 'fromExpressStore with connect-redis', () => {
  const client = createClient({ url: serviceUrls.redis.href });
  beforeAll(() => client.connect());
  afterAll(async () => {
    await client.close();
    await removeFromRedis(PREFIX);
  });

  describeSessionEngine('RedisStore', () => fromExpressStore(new RedisStore({ client, prefix: PREFIX })), {
    clock: false,
    deleteExpired: false,
    shared: true,
  });
});

describe('fromExpressStore', () => {
  it('says at boot what such a store cannot do', async () => {
    const said: string[] = [];
    const engine = fromExpressStore(new expressSession.MemoryStore());
    await (engine as SessionEngine & { open(warn: (message: string) => void): Promise<void> }).open((message) =>
      said.push(message),
    );
    expect(said).toEqual([expect.stringContaining('the last wins')]);
  });

  it('rejects when the store reports an error or throws', async () => {
    const down = new Error('down');
    const failing = fromExpressStore({
      get: (_key: string, done: (error: unknown) => void) => done(down),
      set: () => {
        throw down;
      },
      destroy: (_key: string, done?: (error: unknown) => void) => done?.(down),
    });
    const session = { data: 'x', expiresAt: new Date(Date.now() + 60_000) };
    await expect(failing.load('abcdefgh')).rejects.toBe(down);
    await expect(failing.create('abcdefgh', session)).rejects.toBe(down);
    await expect(failing.replace('abcdefgh', session, session)).rejects.toBe(down);
    await expect(failing.delete('abcdefgh')).rejects.toBe(down);
  });
});
