import { SessionOptionsError } from '../../errors/index.js';
import type { Clock } from '../../session/clock.js';
import { loadListed } from '../load-listed.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type KeyedSession,
  type ListsByUser,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { isStoreKey } from '../store-key.js';
import type { RedisConnection } from './redis-connection.js';
import {
  CREATE,
  END,
  GET,
  readRedisSession,
  redisTail,
  REPLACE,
  TOUCH,
  writeRedisSession,
  type RedisSession,
} from './redis-session.js';
import { RedisUserSets } from './redis-user-sets.js';

/** What a server answers to whom it will never serve. */
const REFUSED = /\b(NOAUTH|WRONGPASS|NOPERM)\b|unknown command/;

/**
 * Keeps sessions in Redis or Valkey: a single server, Sentinel or Cluster. Each method is one round trip and one script
 * on one key, so that it is atomic for any number of processes; the server drops what is expired. What stores, renews or
 * deletes the session of a user takes a second round trip, to the set of that user's sessions.
 *
 * Redis copies to its replicas with a delay. When a primary is lost, what it confirmed last may be lost with it, a logout
 * too.
 */
export class RedisEngine extends SessionEngine implements EngineLifecycle, ListsByUser {
  readonly #userSets: RedisUserSets;

  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {
    super();
    this.#userSets = new RedisUserSets(redis);
  }

  /**
   * A server that is down does not stop the start: sessions work as soon as it is up.
   *
   * @throws SessionOptionsError when the server refuses to serve
   */
  async open(warn: (message: string) => void): Promise<void> {
    try {
      await this.redis.run(GET, 'open');
    } catch (error) {
      const { message } = error as Error;
      if (REFUSED.test(message)) {
        throw new SessionOptionsError(
          `Redis does not let sessions be kept in it: ${message}. Check the user and the password in its URL; the user ` +
            'needs the commands EVAL, EVALSHA, GET, SET and DEL; with the option userKey also ZADD, ZSCORE, ZREM, ' +
            'ZRANGEBYSCORE, ZREMRANGEBYSCORE, PTTL and PEXPIRE.',
        );
      }
      warn(`Redis does not answer yet. Requests that use the session fail until it does. ${message}`);
    }
  }

  async close(): Promise<void> {
    this.redis.close();
  }

  async load(key: string): Promise<StoredSession | undefined> {
    return (await this.#find(key))?.session;
  }

  async create(key: string, session: SessionToStore): Promise<boolean> {
    const now = this.clock.now();
    const { expiresAt, user } = session;
    if (user) await this.#userSets.add(user, key, expiresAt, now);
    const parameters = [now, writeRedisSession(session), millisecondsLeft(expiresAt, now), ...unlessAbsent(user)];
    return Number(await this.redis.run(CREATE, key, ...parameters)) === 1;
  }

  async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const now = this.clock.now();
    const { expiresAt, user } = session;
    if (user) await this.#userSets.add(user, key, expiresAt, now);
    const texts = [redisTail(previous.data), ...unlessAbsent(user)];
    const left = millisecondsLeft(expiresAt, now);
    const outcome = String(await this.redis.run(REPLACE, key, now, writeRedisSession(session), left, ...texts));
    if (user && outcome === 'gone') await this.#userSets.remove([user], key);
    return outcome as ReplaceOutcome;
  }

  async touch(key: string, expiresAt: Date, user?: string | null): Promise<boolean> {
    const now = this.clock.now();
    if (user) await this.#userSets.add(user, key, expiresAt, now);
    const parameters = [now, expiresAt.getTime(), millisecondsLeft(expiresAt, now), ...unlessAbsent(user)];
    const isLive = Number(await this.redis.run(TOUCH, key, ...parameters)) === 1;
    if (user && !isLive) await this.#userSets.remove([user], key);
    return isLive;
  }

  async delete(key: string): Promise<void> {
    const users = String(await this.redis.run(END, key));
    await this.#userSets.remove(users.split(' ').filter(Boolean), key);
  }

  /** 0: the server drops what is expired. */
  async deleteExpired(): Promise<number> {
    return 0;
  }

  async listByUser(user: string): Promise<KeyedSession[]> {
    if (!isStoreKey(user)) return [];
    return loadListed(
      () => this.#userSets.keys(user, this.clock.now()),
      async (key) => {
        const found = await this.#find(key);
        return found?.user === user ? found.session : undefined;
      },
    );
  }

  async #find(key: string): Promise<RedisSession | undefined> {
    const text = await this.redis.run(GET, key);
    const found = text === null ? undefined : readRedisSession(String(text));
    return found && found.session.expiresAt.getTime() > this.clock.now() ? found : undefined;
  }
}

/** Relative, so that the clocks of server and application need not agree. */
function millisecondsLeft(expiresAt: Date, now: number): number {
  return Math.ceil(expiresAt.getTime() - now);
}

/** As the scripts are told whose a session is: an empty text for nobody's, nothing where that stays as it is. */
function unlessAbsent(user: string | null | undefined): string[] {
  return user === undefined ? [] : [user ?? ''];
}
