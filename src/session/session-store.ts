import {
  type KeyedSession,
  listsByUser,
  type ReplaceOutcome,
  type SessionEngine,
  type SessionToStore,
  type StoredSession,
} from '../engines/session-engine.js';
import { SessionStoreError, UnsupportedByEngineError } from '../errors/index.js';
import type { SessionObserver } from './session-event.js';
import { hashSessionKey, sessionFingerprint } from './session-key.js';
import { withoutSecrets } from './without-secrets.js';

export interface SessionStoreSettings {
  readonly engine: SessionEngine;
  readonly hashKeys: boolean;
  readonly observer: SessionObserver;
}

/**
 * An engine as the heart uses it: by the keys that clients hold, which the engine gets hashed or not. Every failure becomes
 * one {@link SessionStoreError} that a client may see, and one line in the log that gives nothing away.
 */
export class SessionStore {
  readonly #engine: SessionEngine;
  readonly #hashKeys: boolean;
  readonly #observer: SessionObserver;

  constructor({ engine, hashKeys, observer }: SessionStoreSettings) {
    this.#engine = engine;
    this.#hashKeys = hashKeys;
    this.#observer = observer;
  }

  /** What the engine has a session under. */
  nameOf(key: string): string {
    return this.#hashKeys ? hashSessionKey(key) : key;
  }

  load(key: string): Promise<StoredSession | undefined> {
    return this.#ask('load', key, (name) => this.#engine.load(name));
  }

  create(key: string, session: SessionToStore): Promise<boolean> {
    return this.#ask('create', key, (name) => this.#engine.create(name, session), session.data);
  }

  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const replace = (name: string): Promise<ReplaceOutcome> => this.#engine.replace(name, session, previous);
    return this.#ask('save', key, replace, session.data, previous.data);
  }

  touch(key: string, expiresAt: Date, user?: string | null): Promise<boolean> {
    return this.#ask('touch', key, (name) => this.#engine.touch(name, expiresAt, user));
  }

  delete(key: string): Promise<void> {
    return this.#ask('delete', key, (name) => this.#engine.delete(name));
  }

  deleteExpired(limit: number): Promise<number> {
    return this.#engine.deleteExpired(limit).catch((error: unknown) => {
      throw new SessionStoreError('clear expired sessions', withoutSecrets(error));
    });
  }

  /** The sessions that were stored with that user, by the names that the engine has them under. */
  async listByUser(user: string): Promise<KeyedSession[]> {
    if (!listsByUser(this.#engine)) {
      throw new UnsupportedByEngineError(this.#engine.constructor.name, 'list the sessions of a user');
    }
    return this.#engine.listByUser(user).catch((error: unknown) => {
      if (error instanceof UnsupportedByEngineError) throw error;
      throw new SessionStoreError('list the sessions of a user', withoutSecrets(error));
    });
  }

  /** Deletes a session by the name that the engine has it under, and says how it is called in logs and events. */
  async deleteNamed(name: string): Promise<string> {
    const fingerprint = this.#hashKeys ? name.slice(0, 8) : sessionFingerprint(name);
    try {
      await this.#engine.delete(name);
      return fingerprint;
    } catch (error) {
      throw this.#failure('delete', fingerprint, error, [name]);
    }
  }

  async #ask<T>(operation: string, key: string, call: (name: string) => Promise<T>, ...data: string[]): Promise<T> {
    const name = this.nameOf(key);
    try {
      return await call(name);
    } catch (error) {
      throw this.#failure(operation, sessionFingerprint(key), error, [key, name, ...data]);
    }
  }

  #failure(operation: string, fingerprint: string, error: unknown, secrets: readonly string[]): SessionStoreError {
    const cause = withoutSecrets(error, ...secrets);
    this.#observer.error(`The session store failed to ${operation} session ${fingerprint}: ${cause.message}`);
    return new SessionStoreError(operation, cause);
  }
}
