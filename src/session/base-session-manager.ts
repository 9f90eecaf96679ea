import { ResponseHeadSentError, SessionInterruptedError } from '../errors/index.js';
import type { FormerContent, FormerSession } from '../importers/session-importer.js';
import type { Clock } from './clock.js';
import { EXPIRY_KEY, type SessionExpiry } from './expiry.js';
import type { Inheritance } from './inheritance.js';
import type { SessionChanges } from './session-changes.js';
import { levelOf, type SessionEvent, type SessionObserver } from './session-event.js';
import { sessionFingerprint } from './session-key.js';
import type { SessionManager } from './session-manager.js';
import type { SessionRecord } from './session-record.js';
import { SessionState, type SessionOrigin } from './session-state.js';
import { Session } from './session.js';

export interface ManagerSettings {
  readonly expiry: SessionExpiry;
  readonly clock: Clock;
  readonly observer: SessionObserver;
  readonly saveEveryRequest: boolean;
  /** Seconds. */
  readonly touchAfter: number;
  /** Whether another application makes sessions of the same kind, under the same cookie. */
  readonly hasPeer?: boolean;
  /** Where the library notes something in sessions for itself. */
  readonly record?: SessionRecord;
  /** Names the user of a session, for the events. */
  readonly userOf?: (values: Values) => string | undefined;
}

type Values = ReadonlyMap<string, unknown>;

/** What may be told of a session beside what happened to it. */
export interface Circumstances extends Pick<SessionEvent, 'reason' | 'detail'> {
  readonly state?: SessionState;
  readonly values?: Values;
  readonly previousKey?: string;
}

/** The values of a live session, and what they were read from. */
export interface FoundSession {
  readonly values: Map<string, unknown>;
  readonly origin: SessionOrigin;
}

/** A live session and its key. */
export interface KeyedSession extends FoundSession {
  readonly key: string;
}

/** A browser sends a cookie of one name for each matching path and domain; more than these are nobody's mistake. */
const MOST_CANDIDATES = 5;

/**
 * What is the same wherever sessions are kept: which of the client's keys counts, when there is something to store, and
 * that one thing is done to a session after the other.
 */
export abstract class BaseSessionManager<Settings extends ManagerSettings> implements SessionManager {
  readonly expiry: SessionExpiry;

  constructor(protected readonly settings: Settings) {
    this.expiry = settings.expiry;
  }

  abstract delete(key: string): Promise<void>;
  abstract clearExpired(batch?: number, signal?: AbortSignal): Promise<number>;

  /** Whether a text from a client can be a key at all. What cannot is unknown, and nothing is said about it. */
  protected abstract isKey(text: string): boolean;
  /** The live session of that key; undefined, after {@link reject}, also for one that cannot be read. */
  protected abstract fetch(key: string, state?: SessionState): Promise<FoundSession | undefined>;
  /** Stores the session with its changes, under its key or, if it has none, a new one. */
  protected abstract store(state: SessionState): Promise<void>;
  /** The same under a new key in any case. */
  protected abstract storeAnew(state: SessionState): Promise<void>;
  /** Lets a session that was not changed live on for its whole age. */
  protected abstract renew(state: SessionState): Promise<void>;
  /** Removes what is stored under a key that the application has flushed, and tells of it. */
  protected abstract forget(key: string, about: Circumstances): Promise<void>;
  /** The session that goes on from one of another library; undefined when there is none. */
  protected abstract inherit(
    former: FormerSession,
    inheritance: Inheritance,
    state: SessionState,
  ): Promise<KeyedSession | undefined>;
  /** Takes a message out of what is stored and gives its value; undefined when another request was first. */
  protected abstract claim(state: SessionState, message: string): Promise<unknown>;

  session(state: SessionState): Session {
    return new Session(state, this);
  }

  load(state: SessionState): Promise<void> {
    return state.loadOnce(() => this.#load(state));
  }

  needsCommit(state: SessionState): boolean {
    if (!state.isLoaded) return false;
    return (
      state.isBusy || state.removals.size > 0 || state.rotating || this.#mustStore(state) || this.#mustRenew(state)
    );
  }

  reachesClient(state: SessionState): boolean {
    return state.onLateChange === undefined || state.key !== undefined;
  }

  reload(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      const { key } = state;
      const found = key === undefined ? undefined : await this.fetch(key);
      if (!found) throw new SessionInterruptedError();
      state.takeChanges();
      state.loaded(found.values, key, found.origin);
    });
  }

  commit(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      if (state.removals.size > 0) await this.#remove(state);
      if (state.rotating) await this.#rotate(state);
      if (this.#mustStore(state)) await this.#store(state);
      else if (this.#mustRenew(state)) await this.renew(state);
    });
  }

  save(state: SessionState): Promise<void> {
    const { flushes } = state;
    return state.inTurn(async () => {
      if (state.removals.size > 0) await this.#remove(state);
      if (state.interrupted) throw new SessionInterruptedError();
      if (state.flushes === flushes) await this.#store(state);
    });
  }

  rotate(state: SessionState): Promise<void> {
    return state.inTurn(async () => {
      if (state.removals.size > 0) await this.#remove(state);
      if (state.rotating) await this.#rotate(state);
    });
  }

  remove(state: SessionState): Promise<void> {
    return state.inTurn(() => this.#remove(state));
  }

  take(state: SessionState, message: string): Promise<unknown> {
    if (!state.awaits(message)) return Promise.resolve(undefined);
    return state.inTurn(async () => {
      // What was done meanwhile may have taken it, or ended the session.
      if (!state.awaits(message)) return undefined;
      if (!this.reachesClient(state)) throw tooLate();
      return this.claim(state, message);
    });
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

  /** Takes the changes out of the session for `store`; when that fails, they are still to be stored. */
  protected async attempt<T>(state: SessionState, store: (changes: SessionChanges) => Promise<T> | T): Promise<T> {
    this.settings.record?.note(state);
    const changes = state.takeChanges();
    try {
      return await store(changes);
    } catch (error) {
      if (!state.interrupted) state.restoreChanges(changes);
      throw error;
    }
  }

  /** A new session, not stored yet, that holds what one of another library held. */
  protected successor({ values, expiry }: FormerContent, { client }: SessionState): SessionState {
    const state = new SessionState([], client);
    state.loaded(new Map());
    for (const [key, value] of Object.entries(values)) state.set(key, value);
    if (expiry !== undefined) state.set(EXPIRY_KEY, this.expiry.toStore(expiry));
    this.settings.record?.note(state);
    return state;
  }

  /**
   * Tells of a session that cannot be read. It counts as unknown, not as empty: a write must not destroy what a peer with
   * another secret has stored. Nor may the client lose the key of it, where there is such a peer.
   */
  protected reject(key: string, error: unknown, state?: SessionState, mayBePeers = true): undefined {
    if (state && mayBePeers && this.settings.hasPeer) state.isForeign = true;
    const detail = error instanceof Error ? error.message : String(error);
    this.tell('rejected', key, { state, reason: 'corrupted', detail });
  }

  /** Tells that a client has presented the key of a session whose time is over. */
  protected expired(key: string, values: Values, state?: SessionState): undefined {
    this.tell('expired', key, { state, values });
  }

  /** Costs next to nothing where nobody hears it. */
  protected tell(type: SessionEvent['type'], key: string, about: Circumstances = {}): void {
    const { observer, clock, userOf } = this.settings;
    const { reason, detail, state, values, previousKey } = about;
    if (!observer.hears(levelOf({ type, reason }))) return;
    observer.event({
      type,
      session: sessionFingerprint(key),
      previous: previousKey && sessionFingerprint(previousKey),
      reason,
      detail,
      user: values && userOf?.(values),
      ...state?.client?.(),
      at: new Date(clock.now()),
    });
  }

  async #load(state: SessionState): Promise<void> {
    const keys = state.candidates.filter((text) => this.isKey(text));
    for (const key of keys.slice(0, MOST_CANDIDATES)) {
      const found = await this.fetch(key, state);
      if (found) return state.loaded(found.values, key, found.origin);
    }
    // What a peer may be able to read stays the session of this client.
    const heir = state.isForeign ? undefined : await this.#inherit(state);
    state.loaded(heir?.values ?? new Map(), heir?.key, heir?.origin);
    state.written = heir !== undefined;
  }

  async #inherit(state: SessionState): Promise<KeyedSession | undefined> {
    const { inheritance } = state;
    for (const former of inheritance?.claims() ?? []) {
      const heir = await this.inherit(former, inheritance!, state);
      if (heir) return heir;
    }
    return undefined;
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

  #store(state: SessionState): Promise<void> {
    return this.reachesClient(state) ? this.store(state) : Promise.reject(tooLate());
  }

  async #rotate(state: SessionState): Promise<void> {
    if (state.onLateChange) throw tooLate();
    if (!state.interrupted) await this.storeAnew(state);
    state.rotating = false;
    if (state.interrupted) throw new SessionInterruptedError();
  }

  async #remove(state: SessionState): Promise<void> {
    for (const [key, values] of state.removals) {
      await this.forget(key, { state, values });
      state.removals.delete(key);
    }
  }
}

function tooLate(): ResponseHeadSentError {
  return new ResponseHeadSentError(
    'The head of the response has left, so the browser cannot be sent the cookie of a new session or key. Change the session ' +
      'before anything is sent.',
  );
}
