import type { StoredSession } from '../engines/session-engine.js';
import { SessionNotLoadedError } from '../errors/index.js';
import { SessionChanges, type Step } from './session-changes.js';
import { assertJsonValue } from './json-value.js';

/** What the store is known to hold of a session, and the text that it decodes to. */
export interface SessionOrigin {
  readonly stored: StoredSession;
  readonly text: string;
}

/**
 * One session during one request: its values, what was done to them, and what is known of the store. The manager reads
 * and stores it; {@link Session} is its face to the application.
 */
export class SessionState {
  accessed = false;
  modified = false;
  /** Undefined until stored, and again after a flush or when the store does not know the key that the client sent. */
  key: string | undefined;
  origin: SessionOrigin | undefined;
  /** Keys whose sessions the application has flushed and that may still be in the store. */
  readonly removals = new Set<string>();
  /** The application asked for a new key and has not got it yet. */
  rotating = false;
  /** Stored, renewed or rotated during this request, so the client must be sent the cookie. */
  written = false;
  /** Another request deleted the session. Nothing may be stored any more. */
  interrupted = false;

  #values: Map<string, unknown> | undefined;
  #changes = new SessionChanges();
  #saveDemanded = false;
  /** The JSON of each object that was handed out, to notice when the application has changed it. */
  readonly #handedOut = new Map<string, string>();
  #loading: Promise<void> | undefined;
  #operations: Promise<unknown> = Promise.resolve();
  #underWay = 0;

  /** @param candidates The session keys that the client sent, most specific first. */
  constructor(readonly candidates: readonly string[] = []) {}

  get isLoaded(): boolean {
    return this.#values !== undefined;
  }

  /** Neither a key nor data. */
  get isEmpty(): boolean {
    return this.key === undefined && this.values.size === 0;
  }

  get values(): Map<string, unknown> {
    if (!this.#values) throw new SessionNotLoadedError(NOT_LOADED);
    return this.#values;
  }

  /** Runs `load` unless it has run or is under way. A failed load may be tried again. */
  loadOnce(load: () => Promise<void>): Promise<void> {
    this.#loading ??= load().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  loaded(values: Map<string, unknown>, key?: string, origin?: SessionOrigin): void {
    this.#values = values;
    this.key = key;
    this.origin = origin;
  }

  /** One after the other: what the application starts and does not await is finished before the next begins. */
  inTurn<T>(operation: () => Promise<T>): Promise<T> {
    this.#underWay++;
    const result = this.#operations.then(operation).finally(() => this.#underWay--);
    // An application that does not await the result learns of a failure from the commit, not from a crashed process.
    this.#operations = result.catch(() => undefined);
    return result;
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  read(): Map<string, unknown> {
    this.accessed = true;
    return this.values;
  }

  /** Gives a value to the application. If it changes the inside of it, that is noticed before the next save. */
  handOut(key: string, value: unknown): unknown {
    if (typeof value === 'object' && value !== null && !this.#handedOut.has(key) && !this.#changes.hasSet(key)) {
      this.#handedOut.set(key, JSON.stringify(value));
    }
    return value;
  }

  set(key: string, value: unknown): void {
    assertJsonValue(key, value);
    this.#write().set(key, value);
    this.#handedOut.delete(key);
    this.#changes.set(key);
  }

  delete(key: string): boolean {
    if (!this.read().has(key)) return false;
    this.#write().delete(key);
    this.#handedOut.delete(key);
    this.#changes.delete(key);
    return true;
  }

  compute(key: string, step: Step): unknown {
    const values = this.#write();
    if (this.#wasChangedInside(key)) this.#changes.set(key);
    const next = step(values.get(key));
    assertJsonValue(key, next);
    values.set(key, next);
    this.#handedOut.delete(key);
    this.#changes.compute(key, step);
    return this.handOut(key, next);
  }

  clear(): void {
    this.#write().clear();
    this.#handedOut.clear();
    this.#changes.clear();
  }

  /** Empties the session and lets go of its key; the manager removes it from the store. */
  detach(): void {
    this.clear();
    if (this.key !== undefined) this.removals.add(this.key);
    this.key = undefined;
    this.origin = undefined;
    this.#changes = new SessionChanges();
  }

  /** Something is to be stored: a change, a change inside a value, or `modified` set by hand. */
  get needsSave(): boolean {
    this.#noticeInnerChanges();
    return this.#saveDemanded || !this.#changes.isEmpty;
  }

  /** What was changed so far is not to be stored. Django's `modified = False`. */
  forgetChanges(): void {
    this.takeChanges();
    this.modified = false;
  }

  demandSave(): void {
    this.modified = true;
    this.#saveDemanded = true;
  }

  /** Takes the changes out to be stored. Later ones are collected anew; {@link restoreChanges} puts them back. */
  takeChanges(): SessionChanges {
    this.#noticeInnerChanges();
    const changes = this.#changes;
    this.#changes = new SessionChanges();
    this.#saveDemanded = false;
    return changes;
  }

  restoreChanges(changes: SessionChanges): void {
    changes.append(this.#changes);
    this.#changes = changes;
    this.#saveDemanded = true;
  }

  /** Puts this request's changes onto data that another request stored in the meantime, `newest` of `origin`. */
  rebase(newest: Map<string, unknown>, origin: SessionOrigin, changes: SessionChanges): void {
    const own = this.values;
    for (const [key, json] of this.#handedOut) {
      // The application still holds the object: keep it in place if it is the same as the newest, else let go of it.
      const untouched = !changes.has(key) && !this.#changes.has(key);
      if (untouched && JSON.stringify(newest.get(key)) === json) newest.set(key, own.get(key));
      else this.#handedOut.delete(key);
    }
    changes.applyTo(newest, own);
    this.#changes.applyTo(newest, own);
    this.#values = newest;
    this.origin = origin;
  }

  /** The changes are in the store. Objects that the application may still hold are watched from here on. */
  stored(key: string, origin: SessionOrigin, changes: SessionChanges): void {
    this.key = key;
    this.origin = origin;
    this.written = true;
    for (const changed of changes.keys()) {
      if (!this.#changes.has(changed)) this.handOut(changed, this.values.get(changed));
    }
  }

  /** The store no longer has the session. What this request changed is not stored anywhere. */
  interrupt(): void {
    this.interrupted = true;
    this.takeChanges();
    this.rotating = false;
  }

  #write(): Map<string, unknown> {
    this.modified = true;
    return this.read();
  }

  #wasChangedInside(key: string): boolean {
    const json = this.#handedOut.get(key);
    return json !== undefined && JSON.stringify(this.values.get(key)) !== json;
  }

  #noticeInnerChanges(): void {
    for (const key of this.#handedOut.keys()) {
      if (!this.#wasChangedInside(key)) continue;
      assertJsonValue(key, this.values.get(key));
      this.#handedOut.delete(key);
      this.#changes.set(key);
      this.modified = true;
    }
  }
}

const NOT_LOADED =
  'The session is not loaded yet. Take it from the @Session() decorator of nest-sessions (not of @nestjs/common) or from ' +
  '`await sessionService.of(context)`.';
