import { systemClock, type Clock } from '../../session/clock.js';
import { frameSession, unframeSession } from '../cache/framed-session.js';
import type { SessionCache } from '../cache/session-cache.js';
import {
  listsByUser,
  SessionEngine,
  type EngineLifecycle,
  type ListsByUser,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { DispensableCache } from './dispensable-cache.js';

/** Seconds. The longest that a copy can be behind its row when the process that should have dropped it has died. */
const LONGEST_AGE = 60;

export interface CachedDatabaseOptions {
  /** @default the system's clock */
  clock?: Clock;
  /**
   * Seconds that a copy may stay in the cache, 60 at most.
   * @default 60
   */
  maxAge?: number;
  /**
   * Takes what the operator should know: that the cache failed, and that it works again.
   * @default nothing is said
   */
  warn?: (message: string) => void;
}

/**
 * A cache in front of a database. A read that finds its copy asks the database nothing; every write goes to the database
 * first and drops the copy then. The database decides: a cache that fails costs time and nothing else.
 *
 * Two rules keep every copy true whatever the order in which calls of any number of processes meet: who has changed a row
 * drops its copy, and who has made a copy reads the row again and drops the copy if it differs. What is left is the moment
 * between the two, and a process that dies, or cannot reach the cache, just then: such a copy can be read for up to
 * `maxAge` seconds after its session was changed or ended. So can one whose row was changed by somebody else, e.g. a
 * Django that shares the table; such changes are never overwritten.
 */
export class CachedDatabaseEngine extends SessionEngine implements EngineLifecycle {
  /** Undefined over a database that cannot. Asks the database alone, which knows every session and each as it is. */
  readonly listByUser?: ListsByUser['listByUser'];
  readonly #cache: DispensableCache;
  readonly #clock: Clock;
  readonly #maxAge: number;

  constructor(
    private readonly database: SessionEngine & EngineLifecycle,
    cache: SessionCache,
    { clock = systemClock, maxAge = LONGEST_AGE, warn = () => {} }: CachedDatabaseOptions = {},
  ) {
    super();
    if (listsByUser(database)) this.listByUser = (user) => database.listByUser(user);
    this.#cache = new DispensableCache(cache, warn);
    this.#clock = clock;
    this.#maxAge = Math.min(maxAge, LONGEST_AGE) * 1000;
  }

  async open(warn: (message: string) => void): Promise<void> {
    await this.database.open?.(warn);
  }

  async close(): Promise<void> {
    this.#cache.close();
    await this.database.close?.();
  }

  async load(key: string): Promise<StoredSession | undefined> {
    const copy = unframeSession(await this.#cache.get(key));
    if (copy && this.#millisecondsLeft(copy) > 0) return copy;
    const row = await this.database.load(key);
    return row && this.#copy(key, row);
  }

  /** Makes no copy: a key that is new has none, and the first read will. */
  create(key: string, session: SessionToStore): Promise<boolean> {
    return this.database.create(key, session);
  }

  /** Drops the copy also when nothing was replaced: `previous` came from it, and the next read must see the row. */
  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return this.#write(key, () => this.database.replace(key, session, previous));
  }

  touch(key: string, expiresAt: Date, user?: string | null): Promise<boolean> {
    return this.#write(key, () => this.database.touch(key, expiresAt, user));
  }

  delete(key: string): Promise<void> {
    return this.#write(key, () => this.database.delete(key));
  }

  deleteExpired(limit: number): Promise<number> {
    return this.database.deleteExpired(limit);
  }

  /** Changes the row, then drops its copy; also when the database fails, which may have done its work all the same. */
  async #write<T>(key: string, write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } finally {
      await this.#cache.delete(key);
    }
  }

  /** Copies a row into the cache and gives what the row holds afterwards. */
  async #copy(key: string, row: StoredSession): Promise<StoredSession | undefined> {
    const left = Math.min(this.#millisecondsLeft(row), this.#maxAge);
    if (left <= 0 || !(await this.#cache.set(key, frameSession(row), left))) return row;
    let current: StoredSession | undefined;
    try {
      current = await this.database.load(key);
    } finally {
      if (!isSame(current, row)) await this.#cache.delete(key);
    }
    return current;
  }

  #millisecondsLeft({ expiresAt }: StoredSession): number {
    return Math.ceil(expiresAt.getTime() - this.#clock.now());
  }
}

function isSame(one: StoredSession | undefined, other: StoredSession): boolean {
  return one?.data === other.data && one.expiresAt.getTime() === other.expiresAt.getTime();
}
