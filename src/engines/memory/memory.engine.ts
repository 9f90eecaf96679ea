import { systemClock, type Clock } from '../../session/clock.js';
import {
  type KeyedSession,
  type ListsByUser,
  type ReplaceOutcome,
  SessionEngine,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';

/** What a {@link MemoryEngine} is made with. */
export interface MemoryEngineOptions {
  /** @default the system's clock */
  clock?: Clock;
}

/**
 * Keeps sessions in the memory of this process: the whole contract and nothing beside it, for tests. Every method does its
 * work before anything else runs, so two calls never interleave. What goes in and comes out is copied.
 */
export class MemoryEngine extends SessionEngine implements ListsByUser {
  readonly #sessions = new Map<string, SessionToStore>();
  readonly #clock: Clock;

  constructor({ clock = systemClock }: MemoryEngineOptions = {}) {
    super();
    this.#clock = clock;
  }

  /** How many sessions are kept, expired ones included until `deleteExpired` removes them. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Forgets every session. */
  clear(): void {
    this.#sessions.clear();
  }

  async load(key: string): Promise<StoredSession | undefined> {
    const session = this.#live(key);
    return session && loaded(session);
  }

  async create(key: string, session: SessionToStore): Promise<boolean> {
    if (this.#sessions.has(key)) return false;
    this.#sessions.set(key, copy(session));
    return true;
  }

  async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const current = this.#live(key);
    if (!current) return 'gone';
    if (current.data !== previous.data) return 'changed';
    this.#sessions.set(key, copy(session, current.user));
    return 'replaced';
  }

  async touch(key: string, expiresAt: Date): Promise<boolean> {
    const current = this.#live(key);
    if (!current) return false;
    if (expiresAt > current.expiresAt) this.#sessions.set(key, copy({ ...current, expiresAt }));
    return true;
  }

  async delete(key: string): Promise<void> {
    this.#sessions.delete(key);
  }

  async deleteExpired(limit: number): Promise<number> {
    let count = 0;
    for (const key of this.#sessions.keys()) {
      if (count === limit) break;
      if (!this.#live(key) && this.#sessions.delete(key)) count++;
    }
    return count;
  }

  async listByUser(user: string): Promise<KeyedSession[]> {
    const keys = [...this.#sessions].filter(([, session]) => session.user === user).map(([key]) => key);
    return keys.flatMap((key) => {
      const session = this.#live(key);
      return session ? [{ key, ...loaded(session) }] : [];
    });
  }

  #live(key: string): SessionToStore | undefined {
    const session = this.#sessions.get(key);
    return session && session.expiresAt.getTime() > this.#clock.now() ? session : undefined;
  }
}

function copy({ data, expiresAt, user }: SessionToStore, formerUser?: string | null): SessionToStore {
  return { data, expiresAt: new Date(expiresAt), user: user === undefined ? formerUser : user };
}

function loaded({ data, expiresAt }: StoredSession): StoredSession {
  return { data, expiresAt: new Date(expiresAt) };
}
