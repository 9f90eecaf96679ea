import { systemClock, type Clock } from '../../session/clock.js';
import { KeyedLock } from '../keyed-lock.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { answerOf, readEntry } from './ask-store.js';
import type { ExpressEntry, ExpressStore } from './express-store.js';

/**
 * Keeps sessions in a store that was made for express-session. Such stores can only read, overwrite and delete, so the
 * methods of one process wait for each other, key by key, and within it nothing is lost. Across processes the last writer
 * wins, and a slow one can bring a deleted session back.
 */
export class ExpressStoreEngine extends SessionEngine implements EngineLifecycle {
  readonly #lock = new KeyedLock();

  constructor(
    private readonly store: ExpressStore,
    private readonly clock: Clock = systemClock,
  ) {
    super();
  }

  async open(warn: (message: string) => void): Promise<void> {
    warn(
      'Sessions are kept in a store of express-session, which cannot compare and swap: within this process nothing is ' +
        "lost, but of two processes that change one session at the same time the last wins. The engines 'db', 'cache' on " +
        "Redis, 'cached_db' and 'file' have no such limit.",
    );
  }

  async load(key: string): Promise<StoredSession | undefined> {
    const entry = await readEntry<ExpressEntry>(this.store, key);
    if (typeof entry?.data !== 'string') return undefined;
    const expiresAt = new Date(entry.cookie.expires);
    return expiresAt.getTime() > this.clock.now() ? { data: entry.data, expiresAt } : undefined;
  }

  create(key: string, session: SessionToStore): Promise<boolean> {
    return this.#lock.run(key, async () => {
      if (await this.load(key)) return false;
      await this.#write(key, session);
      return true;
    });
  }

  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return this.#lock.run(key, async () => {
      const current = await this.load(key);
      if (!current) return 'gone';
      if (current.data !== previous.data) return 'changed';
      await this.#write(key, session);
      return 'replaced';
    });
  }

  touch(key: string, expiresAt: Date): Promise<boolean> {
    return this.#lock.run(key, async () => {
      const current = await this.load(key);
      if (!current) return false;
      if (current.expiresAt < expiresAt) await this.#write(key, { data: current.data, expiresAt });
      return true;
    });
  }

  delete(key: string): Promise<void> {
    return this.#lock.run(key, () => answerOf((done) => this.store.destroy(key, done)));
  }

  /** Such stores drop expired sessions by themselves, or never. */
  async deleteExpired(): Promise<number> {
    return 0;
  }

  async #write(key: string, { data, expiresAt }: StoredSession): Promise<void> {
    const maxAge = expiresAt.getTime() - this.clock.now();
    // Some stores take a time to live of 0 or less for none at all.
    if (maxAge <= 0) return answerOf((done) => this.store.destroy(key, done));
    const cookie = { originalMaxAge: maxAge, maxAge, expires: expiresAt.toISOString(), httpOnly: true, path: '/' };
    await answerOf((done) => this.store.set(key, { cookie, data }, done));
  }
}
