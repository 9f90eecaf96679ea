import type { ReplaceOutcome, SessionEngine, SessionToStore } from '../engines/session-engine.js';
import { SessionConflictError, SessionInterruptedError, SessionStoreError } from '../errors/index.js';
import type { Clock } from './clock.js';
import type { SessionExpiry } from './expiry.js';
import { KeyQueue } from './key-queue.js';
import { withoutSecrets } from './without-secrets.js';
import type { SessionChanges } from './session-changes.js';
import type { SessionCodec, SessionContent } from './session-codec.js';
import type { SessionEvent, SessionObserver } from './session-event.js';
import { hashSessionKey, isSessionKey, newSessionKey, sessionFingerprint } from './session-key.js';
import type { SessionManager } from './session-manager.js';
import { SessionState, type SessionOrigin } from './session-state.js';
import { Session } from './session.js';

export interface StoredSessionSettings {
  readonly engine: SessionEngine;
  readonly codec: SessionCodec;
  readonly expiry: SessionExpiry;
  readonly clock: Clock;
  readonly observer: SessionObserver;
  readonly hashKeys: boolean;
  readonly saveEveryRequest: boolean;
  /** Seconds. */
  readonly touchAfter: number;
}

/** Stands in for the data of a session that is being given a new key: to every reader the session is gone. */
const ROTATED = 'rotated';
/** A browser sends a cookie of one name for each matching path and domain; more than these are nobody's mistake. */
const MOST_CANDIDATES = 5;
const MOST_ATTEMPTS = 50;
const LONGEST_PAUSE = 100;
const BATCH = 1000;

/** Sessions that an engine keeps on the server; the client holds only a key. */
export class StoredSessionManager implements SessionManager {
  readonly expiry: SessionExpiry;
  readonly #engine: SessionEngine;
  readonly #codec: SessionCodec;
  readonly #observer: SessionObserver;
  readonly #commits = new KeyQueue<SessionOrigin | undefined>();

  constructor(private readonly settings: StoredSessionSettings) {
    this.expiry = settings.expiry;
    this.#engine = settings.engine;
    this.#codec = settings.codec;
    this.#observer = settings.observer;
  }

  session(state: SessionState): Session {
    return new Session(state, this);
  }

  load(state: SessionState): Promise<void> {
    return state.loadOnce(() => this.#load(state));
  }

  needsCommit(state: SessionState): boolean {
    if (!state.isLoaded || state.interrupted) return false;
    return (
      state.isBusy || state.removals.size > 0 || state.rotating || this.#mustStore(state) || this.#mustRenew(state)
    );
  }

  commit(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      await this.#remove(state);
      if (state.rotating) await this.#rotate(state);
      if (this.#mustStore(state)) await this.#store(state);
      else if (this.#mustRenew(state)) await this.#renew(state);
    });
  }

  save(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      await this.#remove(state);
      if (state.interrupted) throw new SessionInterruptedError();
      await this.#store(state);
    });
  }

  rotate(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      await this.#remove(state);
      if (state.rotating) await this.#rotate(state);
    });
  }

  remove(state: SessionState): Promise<void> {
    return state.inTurn(() => this.#remove(state));
  }

  async create(data: Readonly<Record<string, unknown>>): Promise<Session> {
    const state = new SessionState();
    state.loaded(new Map());
    const session = this.session(state);
    session.update(data);
    await session.save();
    return session;
  }

  async find(key: string): Promise<Session | undefined> {
    const state = new SessionState([key]);
    await this.load(state);
    return state.key === undefined ? undefined : this.session(state);
  }

  async delete(key: string): Promise<void> {
    if (!isSessionKey(key)) return;
    await this.#ask('delete', key, () => this.#engine.delete(this.#storeKey(key)));
    this.#tell('deleted', key);
  }

  async clearExpired(batch = BATCH): Promise<number> {
    let removed = 0;
    for (;;) {
      const count = await this.#engine.deleteExpired(batch).catch((error: unknown) => {
        throw new SessionStoreError('clear expired sessions', withoutSecrets(error));
      });
      removed += count;
      if (count < batch) return removed;
    }
  }

  async #load(state: SessionState): Promise<void> {
    for (const key of state.candidates.filter(isSessionKey).slice(0, MOST_CANDIDATES)) {
      const found = await this.#fetch(key);
      if (found) return state.loaded(found.content.values, key, found.origin);
    }
    state.loaded(new Map());
  }

  async #fetch(key: string): Promise<{ content: SessionContent; origin: SessionOrigin } | undefined> {
    const stored = await this.#ask('load', key, () => this.#engine.load(this.#storeKey(key)));
    if (!stored || stored.data === ROTATED) return undefined;
    try {
      const content = this.#codec.decode(stored.data);
      return { content, origin: { stored, text: content.text } };
    } catch (error) {
      // As unknown rather than as empty: a write must not destroy what a peer with another secret has stored.
      const reason = error instanceof Error ? error.message : String(error);
      this.#observer.warn(
        `Session data corrupted: session ${sessionFingerprint(key)} is treated as unknown. ${reason}`,
      );
      this.#tell('rejected', key, reason);
      return undefined;
    }
  }

  #mustStore(state: SessionState): boolean {
    // Nothing is created for an empty session: a stale cookie must not fill the store.
    return !state.interrupted && state.needsSave && !state.isEmpty;
  }

  #mustRenew(state: SessionState): boolean {
    if (!this.settings.saveEveryRequest || state.written || state.interrupted || !state.origin) return false;
    const gain = this.expiry.date(state.values).getTime() - state.origin.stored.expiresAt.getTime();
    return gain >= this.settings.touchAfter * 1000;
  }

  async #store(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) await this.#attempt(state, (changes) => this.#create(state, changes));
    else {
      await this.#commits.run(this.#storeKey(key), (before) =>
        this.#attempt(state, (changes) => this.#replace(state, key, changes, before)),
      );
    }
  }

  /** Takes the changes out of the session for `store`; when that fails, they are still to be stored. */
  async #attempt<T>(state: SessionState, store: (changes: SessionChanges) => Promise<T>): Promise<T> {
    const changes = state.takeChanges();
    try {
      return await store(changes);
    } catch (error) {
      if (!state.interrupted) state.restoreChanges(changes);
      throw error;
    }
  }

  async #create(state: SessionState, changes: SessionChanges): Promise<void> {
    const { key, origin } = await this.#insert(state, changes);
    state.stored(key, origin, changes);
    this.#tell('created', key);
  }

  async #insert(state: SessionState, changes: SessionChanges): Promise<{ key: string; origin: SessionOrigin }> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const key = newSessionKey();
      const next = this.#prepare(state, changes);
      const created = await this.#ask('create', key, () => this.#engine.create(this.#storeKey(key), next.stored));
      if (created) return { key, origin: next };
    }
    throw new SessionStoreError('create', new Error(`${MOST_ATTEMPTS} new keys in a row were taken.`));
  }

  async #replace(
    state: SessionState,
    key: string,
    changes: SessionChanges,
    before: SessionOrigin | undefined,
  ): Promise<SessionOrigin> {
    if (before) this.#rebase(state, changes, before);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const next = this.#prepare(state, changes);
      const outcome = await this.#swap(key, next, originOf(state));
      if (outcome === 'replaced') {
        state.stored(key, next, changes);
        return next;
      }
      const newest = outcome === 'changed' ? await this.#fetchAfterPause(key, attempt) : undefined;
      if (!newest) throw this.#interrupted(state, key);
      this.#rebase(state, changes, newest);
    }
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  /**
   * Stores the session under a new key, then takes the old one out of use by a compare and swap, so that a change which
   * another request stored under the old key in between is carried over, and one that comes later is told.
   */
  async #rotate(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) {
      await this.#attempt(state, (changes) => this.#create(state, changes));
    } else {
      await this.#commits.run(this.#storeKey(key), async (before) => {
        await this.#attempt(state, (changes) => this.#move(state, key, changes, before));
        return undefined;
      });
    }
    state.rotating = false;
  }

  async #move(
    state: SessionState,
    oldKey: string,
    changes: SessionChanges,
    before: SessionOrigin | undefined,
  ): Promise<void> {
    if (before) this.#rebase(state, changes, before);
    let { key, origin } = await this.#insert(state, changes);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const old = originOf(state);
      const grave = { stored: { data: ROTATED, expiresAt: old.stored.expiresAt }, text: '' };
      const outcome = await this.#swap(oldKey, grave, old);
      if (outcome === 'replaced') {
        await this.#ask('delete', oldKey, () => this.#engine.delete(this.#storeKey(oldKey)));
        state.stored(key, origin, changes);
        this.#tell('rotated', key);
        return;
      }
      const newest = outcome === 'changed' ? await this.#fetchAfterPause(oldKey, attempt) : undefined;
      if (!newest) {
        await this.delete(key);
        throw this.#interrupted(state, oldKey);
      }
      this.#rebase(state, changes, newest);
      const next = this.#prepare(state, changes);
      if ((await this.#swap(key, next, origin)) !== 'replaced') throw this.#interrupted(state, key);
      origin = next;
    }
    await this.delete(key);
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  async #remove(state: SessionState): Promise<void> {
    for (const key of state.removals) {
      await this.delete(key);
      state.removals.delete(key);
    }
  }

  async #renew(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) return;
    const expiresAt = this.expiry.date(state.values);
    // Nothing was changed, so a session that is gone by now costs this request nothing.
    if (await this.#ask('touch', key, () => this.#engine.touch(this.#storeKey(key), expiresAt))) state.written = true;
  }

  /** Puts the changes onto what the store holds now. */
  #rebase(state: SessionState, changes: SessionChanges, newest: SessionOrigin): void {
    if (newest.stored.data === state.origin?.stored.data) return;
    state.rebase(this.#codec.read(newest.text).values, newest, changes);
  }

  /** What is to be stored, beside the text that it says. Entries that were not changed are copied as they stand. */
  #prepare(state: SessionState, changes: SessionChanges): SessionOrigin & { stored: SessionToStore } {
    const text = this.#codec.write(state.values, state.origin?.text, changes);
    return {
      text,
      stored: new OutgoingSession(this.#codec.encode(text), this.expiry.date(state.values), state.values),
    };
  }

  #swap(key: string, next: SessionOrigin, previous: SessionOrigin): Promise<ReplaceOutcome> {
    return this.#ask('save', key, () => this.#engine.replace(this.#storeKey(key), next.stored, previous.stored));
  }

  async #fetchAfterPause(key: string, attempt: number): Promise<SessionOrigin | undefined> {
    const pause = Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE);
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, pause));
    return (await this.#fetch(key))?.origin;
  }

  #interrupted(state: SessionState, key: string): SessionInterruptedError {
    state.interrupt();
    this.#tell('interrupted', key);
    return new SessionInterruptedError();
  }

  #storeKey(key: string): string {
    return this.settings.hashKeys ? hashSessionKey(key) : key;
  }

  #tell(type: SessionEvent['type'], key: string, reason?: string): void {
    this.#observer.event({ type, session: sessionFingerprint(key), reason, at: new Date(this.settings.clock.now()) });
  }

  /** Every failure of the store becomes one error that a client may see, and one line in the log that names no key. */
  async #ask<T>(operation: string, key: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      const cause = withoutSecrets(error, key, this.#storeKey(key));
      this.#observer.error(
        `The session store failed to ${operation} session ${sessionFingerprint(key)}: ${cause.message}`,
      );
      throw new SessionStoreError(operation, cause);
    }
  }
}

function originOf(state: SessionState): SessionOrigin {
  if (!state.origin) throw new Error('A session with a key has an origin.');
  return state.origin;
}

/** Decodes nothing unless the engine asks for it. */
class OutgoingSession implements SessionToStore {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(
    readonly data: string,
    readonly expiresAt: Date,
    values: ReadonlyMap<string, unknown>,
  ) {
    this.#values = values;
  }

  get values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values);
  }
}
