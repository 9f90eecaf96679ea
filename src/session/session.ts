import { SessionValueError } from '../errors/index.js';
import { EXPIRY_KEY, type SessionExpiry } from './expiry.js';
import type { FlashData } from './flash-data.js';
import { assertJsonValue } from './json-value.js';
import type { SessionData } from './session-data.js';
import type { DataOf, KeyOf, ValueOf } from './session-types.js';
import { isNote, type SessionState } from './session-state.js';

/** What a session asks of whoever keeps it. */
export interface SessionKeeper {
  readonly expiry: SessionExpiry;
  save(state: SessionState): Promise<void>;
  rotate(state: SessionState): Promise<void>;
  remove(state: SessionState): Promise<void>;
  take(state: SessionState, message: string): Promise<unknown>;
}

const TEST_COOKIE = 'testcookie';
const TEST_COOKIE_VALUE = 'worked';
/** Each message has a key of its own, so that different ones never get in each other's way. */
const FLASH_PREFIX = '_flash_';

/**
 * The session of a client: named values that JSON can hold, kept between requests. Loaded already, so reading and changing
 * are synchronous; what was changed is stored before the response is sent. Django's `request.session`.
 *
 * `T` types the values for one place; without it the augmented {@link SessionData} does.
 */
export class Session<T extends object = SessionData> implements Iterable<[string, unknown]> {
  readonly #state: SessionState;
  readonly #keeper: SessionKeeper;

  /** @internal */
  constructor(state: SessionState, keeper: SessionKeeper) {
    this.#state = state;
    this.#keeper = keeper;
    // `session.userId = 7` throws, where it would be lost.
    Object.preventExtensions(this);
  }

  /** The value of that key, or `fallback` when there is none. A change inside an object that is returned is saved too. */
  get<K extends KeyOf<T>>(key: K): ValueOf<T, K> | undefined;
  get<K extends KeyOf<T>>(key: K, fallback: ValueOf<T, K>): ValueOf<T, K>;
  get(key: `_${string}`, fallback?: unknown): unknown;
  get(key: string, fallback?: unknown): unknown {
    const values = this.#state.read();
    return values.has(key) ? this.#state.handOut(key, values.get(key)) : fallback;
  }

  /**
   * Stores a value. Django's `session[key] = value`.
   *
   * @throws SessionValueError for what JSON would change or drop (Date, Map, undefined, NaN …) and for more than 1000
   * levels of nesting, naming key and path, and for keys that begin with `_`, which are reserved.
   */
  set<K extends KeyOf<T>>(key: K, value: ValueOf<T, K>): this {
    this.#state.set(writable(key), value);
    return this;
  }

  /** @internal As {@link set}, for the keys that begin with `_`, which belong to Django and to the library. */
  setReserved(key: `_${string}`, value: unknown): void {
    this.#state.set(key, value);
  }

  /** Whether there is a value of that key. Django's `key in session`. */
  has(key: KeyOf<T> | `_${string}`): boolean {
    return this.#state.read().has(key);
  }

  /**
   * Removes a value; false when there was none, and then the session is not modified. Django's `del session[key]`. What the
   * library has noted of the session itself, e.g. when it began, stays.
   */
  delete(key: KeyOf<T> | `_${string}`): boolean {
    return !isNote(key) && this.#state.delete(key);
  }

  /** Removes a value and returns it, or `fallback` when there is none. */
  pop<K extends KeyOf<T>>(key: K): ValueOf<T, K> | undefined;
  pop<K extends KeyOf<T>>(key: K, fallback: ValueOf<T, K>): ValueOf<T, K>;
  pop(key: `_${string}`, fallback?: unknown): unknown;
  pop(key: string, fallback?: unknown): unknown {
    const value = this.#state.read().get(key);
    return this.delete(key as `_${string}`) ? value : fallback;
  }

  /** The value of that key; when there is none, `value` is stored and returned. Django's `setdefault`. */
  setDefault<K extends KeyOf<T>>(key: K, value: ValueOf<T, K>): ValueOf<T, K> {
    writable(key);
    if (this.has(key)) return this.get(key) as ValueOf<T, K>;
    // Of two requests that do this at once the first stays, which a plain set would overwrite.
    return this.#state.compute(key, (current) => (current === undefined ? value : current)) as ValueOf<T, K>;
  }

  /** Stores every entry of an object. Nothing is stored when one of them is refused. */
  update(values: Partial<DataOf<T>>): this {
    const entries = Object.entries(values);
    for (const [key, value] of entries) assertJsonValue(writable(key), value);
    for (const [key, value] of entries) this.#state.set(key, value);
    if (entries.length === 0) this.modified = true;
    this.#state.read();
    return this;
  }

  /**
   * Replaces a value by a function of the present one, and loses nothing when requests overlap: applied at once, and run
   * again on the newest value when another request was stored first. So the function must be pure and quick.
   *
   * @returns the new value
   * @throws SessionValueError when the function returns what JSON cannot hold, e.g. undefined or a promise.
   */
  compute<K extends KeyOf<T>>(key: K, next: (current: ValueOf<T, K> | undefined) => ValueOf<T, K>): ValueOf<T, K> {
    return this.#state.compute(writable(key), next as (current: unknown) => unknown) as ValueOf<T, K>;
  }

  /**
   * Leaves a message for the next request: it stays until it is read, and one of the same key that nobody has read is
   * replaced. This request does not get it itself. Names and types come from {@link FlashData}.
   *
   * @throws SessionValueError for what JSON would change or drop
   */
  flash<K extends KeyOf<FlashData>>(key: K, value: ValueOf<FlashData, K>): this;
  /**
   * Reads a message that an earlier request has left, exactly once: of all requests that ask for it at the same time, in any
   * number of processes, one gets it and the others undefined, because it is taken out of the store at once. A message that
   * is not there asks nothing of the store. Where the cookie holds the session it goes with the response's cookie instead,
   * so two requests that overlap may both get it.
   *
   * @throws SessionStoreError when it cannot be taken out; it is then still there
   */
  flash<K extends KeyOf<FlashData>>(key: K): Promise<ValueOf<FlashData, K> | undefined>;
  flash(key: string, ...values: unknown[]): unknown {
    const message = FLASH_PREFIX + key;
    if (values.length === 0) return this.#keeper.take(this.#state, message);
    // Checked first under the name that the application knows.
    assertJsonValue(key, values[0]);
    this.#state.set(message, values[0]);
    return this;
  }

  /** The keys, reserved ones included. */
  keys(): string[] {
    return [...this.#state.read().keys()];
  }

  /** The values, in the order of {@link keys}. */
  values(): unknown[] {
    return this.entries().map(([, value]) => value);
  }

  /** Pairs of key and value. Django's `items()`. */
  entries(): [string, unknown][] {
    return [...this.#state.read()].map(([key, value]) => [key, this.#state.handOut(key, value)]);
  }

  /** The same as {@link entries}. */
  [Symbol.iterator](): Iterator<[string, unknown]> {
    return this.entries()[Symbol.iterator]();
  }

  /** How many entries there are, reserved ones included. */
  get size(): number {
    return this.#state.read().size;
  }

  /** Removes all data, also what other requests stored in the meantime, and keeps the key. To log out, {@link flush}. */
  clear(): void {
    this.#state.clear();
  }

  /** The data as a plain object, without the key, so that a session can be logged or returned from a handler. */
  toJSON(): Record<string, unknown> {
    return Object.fromEntries(this.entries());
  }

  /** The session key: what the cookie holds. Undefined until stored. Treat it as a password. Django's `session_key`. */
  get key(): string | undefined {
    return this.#state.key;
  }

  /** Neither key nor data. Django's `is_empty()`. */
  get isEmpty(): boolean {
    return this.#state.isEmpty;
  }

  /** Whether data was read or changed during this request. */
  get accessed(): boolean {
    return this.#state.accessed;
  }

  /** Whether the session was changed during this request. */
  get modified(): boolean {
    return this.#state.modified || (this.#state.isLoaded && this.#state.needsSave);
  }

  /**
   * Set to true, the session is stored and its expiry renewed even without a change. Set to false, the changes made so far
   * are not stored, unless another follows.
   */
  set modified(modified: boolean) {
    if (modified) this.#state.demandSave();
    else this.#state.withholdChanges();
  }

  /**
   * Logs out: removes the data and the stored session at once; the key is dead for every request. What is set afterwards
   * goes into a new session with a new key.
   *
   * @throws SessionStoreError when the store cannot delete it; the session then still exists.
   */
  flush(): Promise<void> {
    this.#state.detach();
    return this.#keeper.remove(this.#state);
  }

  /**
   * Gives the session a new key and keeps its data. Call it when someone logs in, so that a key known before is worth
   * nothing afterwards. The old key is dead at once.
   *
   * @throws SessionInterruptedError when another request deleted the session meanwhile
   */
  cycleKey(): Promise<void> {
    this.#state.demandRotation();
    return this.#keeper.rotate(this.#state);
  }

  /**
   * Stores the changes now rather than before the response. Needed only when others must see them earlier.
   *
   * @throws SessionInterruptedError when another request deleted the session meanwhile
   * @throws SessionConflictError when others were first too many times in a row
   */
  save(): Promise<void> {
    this.#state.read();
    return this.#keeper.save(this.#state);
  }

  /**
   * When this session ends: a number of seconds from each save, a Date, 0 for when the browser closes (the server then
   * keeps it for `cookieAge`), or undefined for the module's own setting.
   */
  setExpiry(expiry: number | Date | undefined): void {
    if (expiry === undefined) this.#state.delete(EXPIRY_KEY);
    else this.#state.set(EXPIRY_KEY, this.#keeper.expiry.toStore(expiry));
  }

  /** Seconds until the session ends. */
  getExpiryAge(): number {
    return this.#keeper.expiry.age(this.#state.read());
  }

  /** The instant at which the session ends. */
  getExpiryDate(): Date {
    return this.#keeper.expiry.date(this.#state.read());
  }

  /** Whether the cookie goes away when the browser is closed. */
  getExpireAtBrowserClose(): boolean {
    return this.#keeper.expiry.atBrowserClose(this.#state.read());
  }

  /** Leaves a mark by which the next request can tell that the browser accepts cookies. */
  setTestCookie(): void {
    this.#state.set(TEST_COOKIE, TEST_COOKIE_VALUE);
  }

  /** Whether the mark of {@link setTestCookie} came back. */
  testCookieWorked(): boolean {
    return this.#state.read().get(TEST_COOKIE) === TEST_COOKIE_VALUE;
  }

  /** Removes the mark of {@link setTestCookie}. */
  deleteTestCookie(): void {
    this.#state.delete(TEST_COOKIE);
  }
}

function writable(key: string): string {
  if (typeof key !== 'string') throw new SessionValueError('A session key is a string, e.g. session.set("cart", []).');
  if (key.startsWith('_') && key !== '__proto__') {
    throw new SessionValueError(
      `The session key "${key}" is reserved, as every key that begins with "_". Choose another name.`,
    );
  }
  return key;
}
