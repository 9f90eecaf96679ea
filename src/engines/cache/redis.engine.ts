import { SessionOptionsError } from '../../errors/index.js';
import type { Clock } from '../../session/clock.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import type { RedisConnection } from './redis-connection.js';
import {
  CREATE,
  DELETE,
  GET,
  readRedisSession,
  redisTail,
  REPLACE,
  TOUCH,
  writeRedisSession,
} from './redis-session.js';

/** What a server answers to whom it will never serve. */
const REFUSED = /\b(NOAUTH|WRONGPASS|NOPERM)\b|unknown command/;

/**
 * Keeps sessions in Redis or Valkey: a single server, Sentinel or Cluster. Each method is one round trip and one script
 * on one key, so that it is atomic for any number of processes; the server drops what is expired.
 *
 * Redis copies to its replicas with a delay. When a primary is lost, what it confirmed last may be lost with it, a logout
 * too.
 */
export class RedisEngine extends SessionEngine implements EngineLifecycle {
  constructor(
    private readonly redis: RedisConnection,
    private readonly clock: Clock,
  ) {
    super();
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
            'needs the commands EVAL, EVALSHA, GET, SET and DEL.',
        );
      }
      warn(`Redis does not answer yet. Requests that use the session fail until it does. ${message}`);
    }
  }

  async close(): Promise<void> {
    this.redis.close();
  }

  async load(key: string): Promise<StoredSession | undefined> {
    const text = await this.redis.run(GET, key);
    const session = text === null ? undefined : readRedisSession(String(text));
    return session && session.expiresAt.getTime() > this.clock.now() ? session : undefined;
  }

  async create(key: string, session: SessionToStore): Promise<boolean> {
    const now = this.clock.now();
    const left = millisecondsLeft(session.expiresAt, now);
    return Number(await this.redis.run(CREATE, key, now, writeRedisSession(session), left)) === 1;
  }

  async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const now = this.clock.now();
    const left = millisecondsLeft(session.expiresAt, now);
    const outcome = await this.redis.run(REPLACE, key, now, writeRedisSession(session), left, redisTail(previous.data));
    return String(outcome) as ReplaceOutcome;
  }

  async touch(key: string, expiresAt: Date): Promise<boolean> {
    const now = this.clock.now();
    return Number(await this.redis.run(TOUCH, key, now, expiresAt.getTime(), millisecondsLeft(expiresAt, now))) === 1;
  }

  async delete(key: string): Promise<void> {
    await this.redis.run(DELETE, key);
  }

  /** 0: the server drops what is expired. */
  async deleteExpired(): Promise<number> {
    return 0;
  }
}

/** Relative, so that the clocks of server and application need not agree. */
function millisecondsLeft(expiresAt: Date, now: number): number {
  return Math.ceil(expiresAt.getTime() - now);
}
