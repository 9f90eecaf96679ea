import { setImmediate } from 'node:timers/promises';
import type { ReplaceOutcome, SessionToStore, StoredSession } from '../engines/session-engine.js';
import { SessionConflictError, SessionInterruptedError, SessionStoreError } from '../errors/index.js';
import { signedAt } from '../signing/index.js';
import type { FormerSession } from '../importers/session-importer.js';
import {
  BaseSessionManager,
  type Circumstances,
  type FoundSession,
  type KeyedSession,
  type ManagerSettings,
} from './base-session-manager.js';
import type { ImportKeys } from './import-keys.js';
import type { Inheritance } from './inheritance.js';
import { KeyQueue } from './key-queue.js';
import { SessionChanges } from './session-changes.js';
import type { SessionCodec } from './session-codec.js';
import { isSessionKey, newSessionKey } from './session-key.js';
import { SessionImport } from './session-import.js';
import type { SessionOwners } from './session-owners.js';
import type { SessionOrigin, SessionState } from './session-state.js';
import { SessionStore, type SessionStoreSettings } from './session-store.js';
import { isStandIn, standIn } from './stand-in.js';

export interface StoredSessionSettings extends ManagerSettings, SessionStoreSettings {
  readonly codec: SessionCodec;
  /** Where sessions are to be found by their users. */
  readonly owners?: SessionOwners;
  /** Under which keys sessions of other libraries go on. */
  readonly importKeys?: ImportKeys;
}

const MOST_ATTEMPTS = 50;
const LONGEST_PAUSE = 100;
const BATCH = 1000;

/** Sessions that an engine keeps on the server; the client holds only a key. */
export class StoredSessionManager extends BaseSessionManager<StoredSessionSettings> {
  readonly #store: SessionStore;
  readonly #codec: SessionCodec;
  readonly #import: SessionImport | undefined;
  readonly #commits = new KeyQueue<SessionOrigin | undefined>();

  constructor(settings: StoredSessionSettings) {
    super(settings);
    this.#store = new SessionStore(settings);
    this.#codec = settings.codec;
    const { importKeys: keys } = settings;
    this.#import = keys && new SessionImport({ ...settings, keys, store: this.#store, noUser: this.#noUser });
  }

  async delete(key: string): Promise<void> {
    if (isSessionKey(key)) await this.forget(key);
  }

  async clearExpired(batch = BATCH, signal?: AbortSignal): Promise<number> {
    const { observer, clock } = this.settings;
    let removed = 0;
    try {
      for (;;) {
        const count = await this.#store.deleteExpired(batch);
        removed += count;
        if (count < batch || signal?.aborted) return removed;
        // A store in memory answers at once, and would let nobody in between.
        await setImmediate();
      }
    } finally {
      if (removed > 0) observer.event({ type: 'expired', count: removed, at: new Date(clock.now()) });
    }
  }

  protected isKey(text: string): boolean {
    return isSessionKey(text);
  }

  protected async fetch(key: string, state?: SessionState): Promise<FoundSession | undefined> {
    const stored = await this.#store.load(key);
    if (!stored || isStandIn(stored.data)) return state && this.#unknown(key, state);
    return this.#open(key, stored, state);
  }

  #open(key: string, stored: StoredSession, state?: SessionState): FoundSession | undefined {
    try {
      const { values, text } = this.#codec.decode(stored.data);
      this.settings.record?.complete(values, signedAt(stored.data));
      return this.expiry.isOver(values) ? this.expired(key, values, state) : { values, origin: { stored, text } };
    } catch (error) {
      return this.reject(key, error, state);
    }
  }

  protected async store(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) await this.attempt(state, (changes) => this.#create(state, changes));
    else {
      await this.#commits.run(key, async (before) => {
        if (state.key !== key) return undefined;
        return this.attempt(state, (changes) => this.#replace(state, key, changes, before));
      });
    }
  }

  /**
   * Stores the session under a new key, then takes the old one out of use by a compare and swap, so that a change which
   * another request stored under the old key in between is carried over, and one that comes later is told.
   */
  protected async storeAnew(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) return this.store(state);
    await this.#commits.run(key, async (before) => {
      if (state.key === key) await this.attempt(state, (changes) => this.#move(state, key, changes, before));
      return undefined;
    });
  }

  protected async renew(state: SessionState): Promise<void> {
    const { key } = state;
    if (key === undefined) return;
    const expiresAt = this.expiry.date(state.values);
    // Nothing was changed, so a session that is gone by now costs this request nothing.
    if (await this.#store.touch(key, expiresAt, this.#markOf(state.values))) state.written = true;
  }

  protected async forget(key: string, about?: Circumstances): Promise<void> {
    await this.#store.delete(key);
    this.tell('deleted', key, about);
  }

  protected async inherit(
    former: FormerSession,
    inheritance: Inheritance,
    state: SessionState,
  ): Promise<KeyedSession | undefined> {
    return this.#import?.take(former, inheritance, {
      open: (key, stored) => this.#open(key, stored, state),
      imported: (key, { values }) => this.tell('imported', key, { state, values }),
      prepare: (content) => {
        const heir = this.successor(content, state);
        return { values: heir.values, origin: this.#prepare(heir, heir.takeChanges()) };
      },
    });
  }

  /** By a compare and swap of its own: what else this request has changed waits for its commit. */
  protected async claim(state: SessionState, message: string): Promise<unknown> {
    const { key } = state;
    let taken: unknown;
    if (key === undefined) return undefined;
    await this.#commits.run(key, async () => {
      if (state.key === key) taken = await this.#takeOut(state, key, message);
      return state.origin;
    });
    return taken;
  }

  async #create(state: SessionState, changes: SessionChanges): Promise<void> {
    const { key, origin } = await this.#insert(state, changes);
    state.modified = true;
    state.stored(key, origin, changes);
    this.tell('created', key, { state, values: changes.values });
  }

  async #insert(state: SessionState, changes: SessionChanges): Promise<{ key: string; origin: SessionOrigin }> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const key = (attempt === 0 && state.reservedKey) || newSessionKey();
      const next = this.#prepare(state, changes);
      if (await this.#store.create(key, next.stored)) return { key, origin: next };
    }
    throw new SessionStoreError('create', new Error(`${MOST_ATTEMPTS} new keys in a row were taken.`));
  }

  async #replace(
    state: SessionState,
    key: string,
    changes: SessionChanges,
    before: SessionOrigin | undefined,
  ): Promise<SessionOrigin | undefined> {
    if (before) this.#rebase(state, changes, before);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const next = this.#prepare(state, changes);
      const outcome = await this.#store.replace(key, next.stored, originOf(state).stored);
      if (outcome === 'replaced') {
        state.stored(key, next, changes);
        return next;
      }
      const newest = outcome === 'changed' ? await this.#fetchAfterPause(key, attempt) : undefined;
      if (state.wasFlushedSince(changes)) return undefined;
      if (!newest) throw this.#interrupted(state, key);
      this.#rebase(state, changes, newest);
    }
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  async #takeOut(state: SessionState, key: string, message: string): Promise<unknown> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const values = this.#valuesOf(originOf(state));
      if (!values.has(message)) return undefined;
      const taken = values.get(message);
      const changes = state.takingOut(message, values);
      const next = this.#prepare(state, changes);
      const outcome = await this.#store.replace(key, next.stored, originOf(state).stored);
      if (outcome === 'replaced') {
        state.stored(key, next, changes);
        state.received(message);
        return taken;
      }
      const newest = outcome === 'changed' ? await this.#fetchAfterPause(key, attempt) : undefined;
      // Whoever ended the session has ended its messages, too.
      if (!newest || state.wasFlushedSince(changes)) return undefined;
      this.#rebase(state, new SessionChanges(), newest);
    }
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  async #move(
    state: SessionState,
    oldKey: string,
    changes: SessionChanges,
    before: SessionOrigin | undefined,
  ): Promise<void> {
    if (before) this.#rebase(state, changes, before);
    const copy = await this.#insert(state, changes);
    try {
      const origin = await this.#bury(state, oldKey, changes, copy);
      state.stored(copy.key, origin, changes);
    } catch (error) {
      // Nobody knows the new key yet, and nobody will.
      await this.#store.delete(copy.key).catch(() => undefined);
      throw error;
    }
    if (state.wasFlushedSince(changes)) return;
    // To every reader the old session is gone already, so a store that fails here fails nobody.
    await this.#store.delete(oldKey).catch(() => undefined);
    this.tell('rotated', copy.key, { state, values: changes.values, previousKey: oldKey });
  }

  /** Takes the session under its old key out of use, once its copy holds everything. Returns what the copy holds. */
  async #bury(
    state: SessionState,
    oldKey: string,
    changes: SessionChanges,
    copy: { key: string; origin: SessionOrigin },
  ): Promise<SessionOrigin> {
    let { key, origin } = copy;
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      if (state.wasFlushedSince(changes)) return origin;
      const old = originOf(state);
      const outcome = await this.#dig(oldKey, old.stored);
      if (outcome === 'replaced') return origin;
      const newest = outcome === 'changed' ? await this.#fetchAfterPause(oldKey, attempt) : undefined;
      if (state.wasFlushedSince(changes)) return origin;
      if (!newest) throw this.#interrupted(state, oldKey);
      this.#rebase(state, changes, newest);
      const next = this.#prepare(state, changes);
      const moved = await this.#store.replace(key, next.stored, origin.stored);
      if (moved !== 'replaced') throw this.#interrupted(state, key);
      origin = next;
    }
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  /** Puts the changes onto what the store holds now. */
  #rebase(state: SessionState, changes: SessionChanges, newest: SessionOrigin): void {
    if (newest.stored.data === state.origin?.stored.data) return;
    state.rebase(this.#valuesOf(newest), newest, changes);
  }

  #valuesOf({ stored, text }: SessionOrigin): Map<string, unknown> {
    const { values } = this.#codec.read(text);
    this.settings.record?.complete(values, signedAt(stored.data));
    return values;
  }

  /** What is to be stored, beside the text that it says. Entries that were not changed are copied as they stand. */
  #prepare(state: SessionState, changes: SessionChanges): SessionOrigin & { stored: SessionToStore } {
    const { values } = changes;
    const text = this.#codec.write(values, state.origin?.text, changes);
    const data = this.#codec.encode(text);
    return { text, stored: new OutgoingSession(data, this.expiry.date(values), values, this.#markOf(values)) };
  }

  /** Puts a grave in the place of a session, and finds out whether it did where the store cannot say. */
  async #dig(key: string, previous: StoredSession): Promise<ReplaceOutcome> {
    const grave = standIn('rotated', previous.expiresAt, this.#noUser);
    try {
      return await this.#store.replace(key, grave, previous);
    } catch (error) {
      const found = await this.#store.load(key).catch(() => undefined);
      if (found?.data === grave.data) return 'replaced';
      throw error;
    }
  }

  /** What a store that knows of users keeps for nobody. */
  get #noUser(): null | undefined {
    return this.settings.owners && null;
  }

  #markOf(values: ReadonlyMap<string, unknown>): string | null | undefined {
    return this.settings.owners?.markOf(values);
  }

  async #fetchAfterPause(key: string, attempt: number): Promise<SessionOrigin | undefined> {
    const pause = Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE);
    if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, pause));
    return (await this.fetch(key))?.origin;
  }

  #unknown(key: string, state: SessionState): undefined {
    this.tell('rejected', key, { state, reason: 'unknown' });
  }

  #interrupted(state: SessionState, key: string): SessionInterruptedError {
    state.interrupt();
    this.tell('interrupted', key, { state, values: state.values });
    return new SessionInterruptedError();
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
    readonly user: string | null | undefined,
  ) {
    this.#values = values;
  }

  get values(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values);
  }
}
