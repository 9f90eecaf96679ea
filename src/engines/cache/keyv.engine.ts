import type { Clock } from '../../session/clock.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { frameSession, unframeSession } from './framed-session.js';
import { KeyedLock } from '../keyed-lock.js';
import type { KeyvStore } from './keyv-store.js';
import { lateCache } from './timed-cache.js';
import { TimeLimit } from '../time-limit.js';

/** What keeps a deleted session away when a slow writer in another process stores it once more. */
const TOMBSTONE = ':deleted';
const DAY = 24 * 60 * 60 * 1000;

/**
 * Keeps sessions in a Keyv store that has no compare and swap. The methods of one process wait for each other, key by
 * key, so within it nothing is lost. Two processes that replace one session at the same time may overwrite each other;
 * a session that was deleted stays deleted in all of them, because a tombstone outlives it.
 *
 * A store that drops entries to make room ends sessions by that.
 */
export class KeyvEngine extends SessionEngine implements EngineLifecycle {
  readonly #lock = new KeyedLock();
  readonly #limit: TimeLimit;
  /** Milliseconds. The longest life that this process gave to a session; a tombstone lasts no less. */
  #longestLife = DAY;

  /** @param seconds the limit for each method */
  constructor(
    private readonly store: KeyvStore,
    private readonly clock: Clock,
    seconds: number,
  ) {
    super();
    this.#limit = new TimeLimit(seconds);
  }

  /** A store that is down does not stop the start: sessions work as soon as it is up. */
  async open(warn: (message: string) => void): Promise<void> {
    await this.load('open').catch((error: Error) => {
      warn(`The cache does not answer yet. Requests that use the session fail until it does. ${error.message}`);
    });
  }

  load(key: string): Promise<StoredSession | undefined> {
    return this.#timed(async () => (await this.#find(key)).session);
  }

  create(key: string, session: SessionToStore): Promise<boolean> {
    return this.#inTurn(key, async () => {
      const found = await this.#find(key);
      if (found.session) return false;
      await this.#write(key, session);
      if (found.deleted) await this.store.delete(key + TOMBSTONE);
      return true;
    });
  }

  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return this.#inTurn(key, async () => {
      const current = (await this.#find(key)).session;
      if (!current) return 'gone';
      if (current.data !== previous.data) return 'changed';
      return (await this.#writeUnlessDeleted(key, session)) ? 'replaced' : 'gone';
    });
  }

  touch(key: string, expiresAt: Date): Promise<boolean> {
    return this.#inTurn(key, async () => {
      const current = (await this.#find(key)).session;
      if (!current) return false;
      return expiresAt <= current.expiresAt || this.#writeUnlessDeleted(key, { data: current.data, expiresAt });
    });
  }

  delete(key: string): Promise<void> {
    return this.#inTurn(key, async () => {
      const now = this.clock.now();
      const left = (unframeSession(await this.store.get(key))?.expiresAt.getTime() ?? now) - now;
      await this.#write(key + TOMBSTONE, { data: '', expiresAt: new Date(now + Math.max(left, this.#longestLife)) });
      await this.store.delete(key);
    });
  }

  /** Removes from a Map only; any other store is left to drop what is expired by itself. */
  async deleteExpired(limit: number): Promise<number> {
    let removed = 0;
    for (const key of this.store.keys()) {
      if (removed === limit) break;
      const expired = await this.#lock.run(key, () => this.#deleteIfExpired(key));
      if (expired && !key.endsWith(TOMBSTONE)) removed++;
    }
    return removed;
  }

  async #deleteIfExpired(key: string): Promise<boolean> {
    const entry = unframeSession(await this.store.get(key));
    if (entry && this.#isLive(entry)) return false;
    await this.store.delete(key);
    return true;
  }

  async #find(key: string): Promise<{ session?: StoredSession; deleted: boolean }> {
    const [text, tombstone] = await Promise.all([this.store.get(key), this.store.get(key + TOMBSTONE)]);
    const session = unframeSession(text);
    if (tombstone !== undefined) return { deleted: true };
    return { session: session && this.#isLive(session) ? session : undefined, deleted: false };
  }

  async #write(key: string, session: StoredSession): Promise<void> {
    const left = Math.ceil(session.expiresAt.getTime() - this.clock.now());
    if (left > this.#longestLife) this.#longestLife = left;
    if (left > 0) await this.store.set(key, frameSession(session), left);
    else await this.store.delete(key);
  }

  /** False, and nothing stored, when another process has deleted the session meanwhile. */
  async #writeUnlessDeleted(key: string, session: StoredSession): Promise<boolean> {
    await this.#write(key, session);
    if ((await this.store.get(key + TOMBSTONE)) === undefined) return true;
    await this.store.delete(key);
    return false;
  }

  #isLive({ expiresAt }: StoredSession): boolean {
    return expiresAt.getTime() > this.clock.now();
  }

  /** The turn lasts until the store has answered, also when the caller has given up: a late write must not overtake. */
  #inTurn<T>(key: string, task: () => Promise<T>): Promise<T> {
    return this.#timed(() => this.#lock.run(key, task));
  }

  #timed<T>(call: () => Promise<T>): Promise<T> {
    return this.#limit.run(() => lateCache(this.#limit.seconds), call);
  }
}
