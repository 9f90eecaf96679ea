import { randomBytes, randomUUID } from 'node:crypto';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { RedisConnection } from '../../src/engines/cache/redis-connection.js';
import { RedisScript } from '../../src/engines/cache/redis-script.js';
import { GET } from '../../src/engines/cache/redis-session.js';
import { redisStore, type RedisStore } from '../../src/engines/cache/redis-store.js';
import { RedisEngine } from '../../src/engines/cache/redis.engine.js';
import type { SessionToStore } from '../../src/engines/session-engine.js';
import { systemClock } from '../../src/session/clock.js';
import { describeWith, serviceUrls } from '../support/services.js';
import { explore, type Explored, type Scenario, type Scheduler } from './explorer.js';

const newKey = (): string => randomBytes(16).toString('hex');
const of = (user: string | null, data: string): SessionToStore => ({ data, expiresAt: inAnHour, user });
/** The same for all of them, so that nothing is told apart by it. */
const inAnHour = new Date(Date.now() + 3_600_000);

/** A session, first under one key and perhaps then under another, and who may have it. */
const SUBJECT = { ann: 'ann00000', ben: 'ben00000', key: 'key00000', nextKey: 'key00001' };
type Subject = typeof SUBJECT;

type Task = (engine: RedisEngine, subject: Subject) => Promise<unknown>;

/** What one request reads and then stores. */
const store =
  (next: (subject: Subject) => SessionToStore): Task =>
  async (engine, subject) => {
    const current = await engine.load(subject.key);
    if (current) await engine.replace(subject.key, next(subject), current);
  };

const tasks: Record<string, Task> = {
  change: store(({ ann }) => of(ann, 'of ann, changed')),
  'another user': store(({ ben }) => of(ben, 'of ben')),
  'her again': async (engine, subject) => {
    for (const next of [of(subject.ben, 'of ben'), of(subject.ann, 'of ann, again')]) {
      const current = await engine.load(subject.key);
      if (current) await engine.replace(subject.key, next, current);
    }
  },
  logout: store(() => of(null, 'nobody’s')),
  renewal: (engine, { key, ann }) => engine.touch(key, new Date(inAnHour.getTime() + 1000), ann),
  end: (engine, { key }) => engine.delete(key),
  'new key': async (engine, { key, nextKey, ann }) => {
    const current = await engine.load(key);
    if (!current) return;
    await engine.create(nextKey, of(ann, 'of ann, moved'));
    const outcome = await engine.replace(key, of(null, 'grave'), current);
    await engine.delete(outcome === 'replaced' ? key : nextKey);
  },
  /** Nothing but a new key happens to the session beside it, so it is to be found. */
  listing: async (engine, { ann }) => expect(await engine.listByUser(ann)).not.toEqual([]),
};

/** Seconds. Longer than any schedule takes by the explorer's timers. */
const PATIENCE = 600;
const SILENT = { on: () => {}, off: () => {} } as never;
const EXISTS = new RedisScript(`return redis.call('EXISTS', KEYS[1])`);

const meetings = [
  ['change', 'change'],
  ['change', 'another user'],
  ['change', 'logout'],
  ['change', 'end'],
  ['change', 'new key'],
  ['another user', 'her again'],
  ['another user', 'end'],
  ['her again', 'her again'],
  ['her again', 'logout'],
  ['her again', 'renewal'],
  ['logout', 'renewal'],
  ['logout', 'end'],
  ['renewal', 'end'],
  ['renewal', 'new key'],
  ['new key', 'end'],
  ['new key', 'new key'],
  ['new key', 'listing'],
  ['change', 'renewal', 'end'],
  ['change', 'another user', 'end'],
];

await describeWith('redis', 'The sets of users in Redis', () => {
  let keyv: Keyv;
  let redis: RedisStore;
  beforeAll(async () => {
    keyv = new Keyv(new KeyvRedis(serviceUrls.redis.href), { namespace: randomUUID() });
    redis = redisStore(keyv as never)!;
    await engineOn(redis, '').load(SUBJECT.key);
  });
  afterAll(async () => {
    await keyv?.clear();
    await keyv?.disconnect();
  });

  const engineOn = (store: RedisStore, prefix: string): RedisEngine =>
    new RedisEngine(new RedisConnection(SILENT, store, prefix, PATIENCE), systemClock);

  /** Every order of the scripts of some requests, each in a process of its own. */
  function exploreMeeting(names: readonly string[]): Promise<Explored> {
    const start = async (scheduler: Scheduler): Promise<Scenario> => {
      const prefix = `${newKey()}:`;
      const held = scheduler.hold(redis, (method, [script, name]) => {
        if (method !== 'run') return undefined;
        const resource = String(name).split(prefix)[1]!;
        return { name: 'runs on', resource, reads: script === GET };
      });
      const witness = engineOn(redis, prefix);
      await witness.create(SUBJECT.key, of(SUBJECT.ann, 'of ann'));
      const process = (name: string, operation: number) => () =>
        scheduler.span({ operation, ended: 0 }, async () => void (await tasks[name]!(engineOn(held, prefix), SUBJECT)));
      return { operations: names.map(process), check: () => expectTrueSets(witness, prefix) };
    };
    return explore({ start, limit: 1500 });
  }

  async function expectTrueSets(engine: RedisEngine, prefix: string): Promise<void> {
    const { ann, ben, key, nextKey } = SUBJECT;
    const stored = await Promise.all([key, nextKey].map(async (each) => ({ key: each, ...(await engine.load(each)) })));
    for (const [user, data] of [
      [ann, 'of ann'],
      [ben, 'of ben'],
    ] as const) {
      const theirs = stored.filter((session) => session.data?.startsWith(data));
      expect(new Set(await engine.listByUser(user))).toEqual(new Set(theirs));
    }
    await Promise.all([engine.delete(key), engine.delete(nextKey)]);
    const connection = new RedisConnection(SILENT, redis, prefix, PATIENCE);
    const left = await Promise.all([ann, ben].map((user) => connection.run(EXISTS, `user:${user}`)));
    expect(left).toEqual([0, 0]);
  }

  it.each(meetings.map((names) => [names.join(', '), names] as const))(
    'name every session of a user and keep nothing of one that is gone, in any order of: %s',
    async (_, names) => {
      expect((await exploreMeeting(names)).schedules).toBeGreaterThan(1);
    },
    300_000,
  );
});
