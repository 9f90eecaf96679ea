import type { StoredSession } from '../engines/session-engine.js';
import { SessionNotLoadedError } from '../errors/index.js';
import { SessionChanges, type Step } from './session-changes.js';
import { assertJsonValue } from './json-value.js';
import type { Inheritance } from './inheritance.js';
import { type Client, CLIENT_KEY, START_KEY } from './session-record.js';

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
  /** The client sent the key of a session that cannot be read here, but that a peer may be able to read. */
  isForeign = false;
  /** The key that a new session is to get, where somebody had to know it beforehand. */
  reservedKey: string | undefined;
  /** The sessions that the application has flushed and that may still be in the store: their keys, and what they held. */
  readonly removals = new Map<string, ReadonlyMap<string, unknown>>();
  /** The application asked for a new key and has not got it yet. */
  rotating = false;
  /** Stored, renewed or rotated during this request, so the client must be sent the cookie. */
  written = false;
  /** Another request deleted the session. Nothing may be stored any more. */
  interrupted = false;
  /**
   * Set once the head of the response has left, when the client can be sent no new key. Called at each change from then on,
   * for nobody waits for one any more.
   */
  onLateChange: (() => void) | undefined;
  /** How often the application has flushed the session. What began before a flush must not touch what comes after it. */
  flushes = 0;

  #values: Map<string, unknown> | undefined;
  #changes = new SessionChanges();
  #saveDemanded = false;
  /** The changes are not to be stored unless others follow. */
  #withheld = false;
  /** The objects of each key that the application may hold, and their JSON, to notice when it has changed one. */
  readonly #handedOut = new Map<string, Map<object, string>>();
  /** What this request has stored or taken itself: none of it is a message to it. */
  readonly #ownKeys = new Set<string>();
  #loading: Promise<void> | undefined;
  #operations: Promise<unknown> = NOTHING;
  #underWay = 0;

  /**
   * @param candidates The session keys that the client sent, most specific first.
   * @param client Tells who sent the request, where that is known.
   * @param inheritance What other libraries have left with the client, where it is to be taken over.
   */
  constructor(
    readonly candidates: readonly string[] = [],
    readonly client?: () => Client | undefined,
    readonly inheritance?: Inheritance,
  ) {}

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
    this.#handedOut.clear();
    this.key = key;
    this.origin = origin;
  }

  /** One after the other: what the application starts and does not await is finished before the next begins. */
  inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#afterOthers(operation);
    // An application that does not await the result learns of a failure from the commit, not from a crashed process.
    this.#operations = result.catch(() => undefined);
    return result;
  }

  async #afterOthers<T>(operation: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      await this.#operations;
      return await operation();
    } finally {
      this.#underWay--;
    }
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
    if (!this.#changes.hasSet(key)) this.#watch(key, value);
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

  /** Whether there may be a message to this request, left by another. */
  awaits(message: string): boolean {
    return this.read().has(message) && !this.#ownKeys.has(message) && !this.interrupted;
  }

  /** The change that takes a message out of `stored`, and nothing else that this request has done. */
  takingOut(message: string, stored: Map<string, unknown>): SessionChanges {
    const changes = new SessionChanges();
    changes.delete(message);
    stored.delete(message);
    changes.values = stored;
    changes.flushes = this.flushes;
    return changes;
  }

  /** The message is this request's. One that it leaves itself stays, for the next. */
  received(message: string): void {
    this.modified = true;
    this.#ownKeys.add(message);
    if (this.#changes.has(message)) return;
    this.values.delete(message);
    this.#handedOut.delete(message);
  }

  compute(key: string, step: Step): unknown {
    this.#noticeChangeInside(key);
    const next = step(this.read().get(key));
    assertJsonValue(key, next);
    this.#write().set(key, next);
    this.#handedOut.delete(key);
    this.#changes.compute(key, step);
    return this.handOut(key, next);
  }

  /** Removes everything but what the library has noted of the session. */
  clear(): void {
    const notes = NOTES.filter((key) => this.values.has(key)).map((key) => [key, this.values.get(key)] as const);
    this.#empty();
    for (const [key, value] of notes) this.set(key, value);
  }

  /** Empties the session and lets go of its key; the manager removes it from the store. */
  detach(): void {
    if (this.key !== undefined) this.removals.set(this.key, new Map(this.values));
    this.#empty();
    this.key = undefined;
    this.origin = undefined;
    this.reservedKey = undefined;
    this.isForeign = false;
    this.rotating = false;
    this.interrupted = false;
    this.flushes++;
    this.#dropChanges();
  }

  /** Whether the application has flushed the session since these changes were taken out to be stored. */
  wasFlushedSince(changes: SessionChanges): boolean {
    return this.flushes !== changes.flushes;
  }

  /** Something is to be stored: a change, a change inside a value, or `modified` set by hand. */
  get needsSave(): boolean {
    this.#noticeInnerChanges();
    return this.#saveDemanded || !(this.#withheld || this.#changes.isEmpty);
  }

  /** What was changed so far is not to be stored, unless something else is. Django's `modified = False`. */
  withholdChanges(): void {
    const { values } = this;
    this.#noticeInnerChanges();
    for (const key of this.#changes.keys()) this.#watch(key, values.get(key));
    this.#saveDemanded = false;
    this.#withheld = true;
    this.modified = false;
  }

  demandRotation(): void {
    this.read();
    this.rotating = true;
    this.#markModified();
  }

  demandSave(): void {
    this.#markModified();
    this.#saveDemanded = true;
  }

  /**
   * Takes the changes out to be stored. Later ones are collected anew; {@link restoreChanges} puts them back.
   *
   * @throws SessionValueError when the application has put what JSON cannot hold inside a value.
   */
  takeChanges(): SessionChanges {
    this.#noticeInnerChanges();
    const { values } = this;
    const changes = this.#changes;
    for (const key of changes.keys()) {
      if (!values.has(key)) continue;
      assertJsonValue(key, values.get(key));
      // What the application changes inside of it from here on might come too late for this save.
      this.#handedOut.delete(key);
      this.#watch(key, values.get(key));
    }
    changes.values = new Map(values);
    changes.flushes = this.flushes;
    this.#dropChanges();
    return changes;
  }

  restoreChanges(changes: SessionChanges): void {
    if (this.wasFlushedSince(changes)) return;
    changes.append(this.#changes);
    this.#changes = changes;
    this.#saveDemanded = true;
  }

  /** Puts this request's changes onto data that another request stored in the meantime, `newest` of `origin`. */
  rebase(newest: Map<string, unknown>, origin: SessionOrigin, changes: SessionChanges): void {
    for (const [key, objects] of this.#handedOut) {
      if (!newest.has(key) || changes.has(key) || this.#changes.has(key)) continue;
      // The application still holds the object: it stays in place if it is the same as the newest.
      const json = snapshot(newest.get(key) as object);
      for (const [object, before] of objects) if (before === json) newest.set(key, object);
    }
    changes.applyTo(newest, changes.values);
    changes.values = newest;
    const values = new Map(newest);
    this.#changes.applyTo(values, this.values);
    this.#values = values;
    this.origin = origin;
  }

  /** The changes are in the store. Had the session been flushed by then, they are to be removed from there. */
  stored(key: string, origin: SessionOrigin, changes: SessionChanges): void {
    if (this.wasFlushedSince(changes)) {
      this.removals.set(key, changes.values);
      return;
    }
    this.key = key;
    this.origin = origin;
    this.written = true;
    for (const changed of changes.keys()) this.#ownKeys.add(changed);
  }

  /** The store no longer has the session. What this request changed is not stored anywhere. */
  interrupt(): void {
    this.interrupted = true;
    this.rotating = false;
  }

  #empty(): void {
    this.#write().clear();
    this.#handedOut.clear();
    this.#changes.clear();
  }

  #write(): Map<string, unknown> {
    this.accessed = true;
    return this.#markModified();
  }

  #markModified(): Map<string, unknown> {
    const { values } = this;
    this.modified = true;
    this.#withheld = false;
    this.onLateChange?.();
    return values;
  }

  #dropChanges(): void {
    this.#changes = new SessionChanges();
    this.#saveDemanded = false;
  }

  #watch(key: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const objects = this.#handedOut.get(key);
    if (!objects) this.#handedOut.set(key, new Map([[value, snapshot(value)]]));
    else if (!objects.has(value)) objects.set(value, snapshot(value));
  }

  #noticeInnerChanges(): void {
    for (const key of this.#handedOut.keys()) this.#noticeChangeInside(key);
  }

  #noticeChangeInside(key: string): void {
    for (const [object, json] of this.#handedOut.get(key) ?? []) {
      if (snapshot(object) === json) continue;
      // Set, because the session may by now have in its place what another request stored.
      this.#markModified().set(key, object);
      this.#handedOut.delete(key);
      this.#changes.set(key);
    }
  }
}

const NOTES: readonly string[] = [START_KEY, CLIENT_KEY];

/** Whether a key holds what the library has noted of a session, which only a flush forgets. */
export function isNote(key: string): boolean {
  return NOTES.includes(key);
}

const NOTHING = Promise.resolve();

/** Something to compare an object with later. What JSON refuses, e.g. a cycle, differs from all that could be stored. */
function snapshot(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

const NOT_LOADED =
  'The session is not loaded yet. Take it from the @Session() decorator of nest-sessions (not of @nestjs/common) or from ' +
  '`await sessionService.of(context)`.';
