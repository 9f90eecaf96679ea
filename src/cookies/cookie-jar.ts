import { BadSignatureError } from '../errors/signing.errors.js';
import type { SignedCookieValues } from '../signing/signed-cookie-value.js';
import type { CookieOptions } from './cookie-options.js';
import { checkText } from './cookie-rules.js';
import { decodeCookieValue } from './cookie-value.js';
import { parseCookieHeader } from './parse-cookie-header.js';
import { type CookieContext, serializeCookie, serializeDeletion } from './serialize-cookie.js';

/** What all jars of an application share. */
export interface CookieJarSettings extends CookieContext {
  signer: SignedCookieValues;
}

/** How a signed cookie is written: the attributes of the cookie, and its salt. */
export interface SignedCookieWriteOptions extends CookieOptions {
  /**
   * Keeps signatures for different purposes apart; reading takes the same salt. Django's `salt`.
   * @default ''
   */
  salt?: string;
}

/** How a signed cookie is read. */
export interface SignedCookieReadOptions {
  /**
   * The salt it was written with.
   * @default ''
   */
  salt?: string;

  /**
   * How old the signature may be, in seconds. A cookie's own `maxAge` is not part of its signature. Django's `max_age`.
   * @default any age
   */
  maxAge?: number;

  /** What to give, instead of an error too, when the cookie is missing, altered or too old; `undefined` counts as given. */
  default?: unknown;
}

interface WrittenCookie {
  /** What this request reads from now on; undefined after a deletion. */
  value: string | undefined;
  text: string;
}

const NONE: readonly string[] = Object.freeze([]);

/**
 * The cookies of one request and of its response: those the browser sent, as changed by this request so far. Iterating
 * gives `[name, value]` pairs. Django's `request.COOKIES`, and the cookie methods of its `HttpResponse`.
 */
export class CookieJar implements Iterable<[name: string, value: string]> {
  readonly #header: string | undefined;
  readonly #settings: CookieJarSettings;
  readonly #onChange: () => void;
  readonly #written = new Map<string, WrittenCookie>();
  #received: ReadonlyMap<string, readonly string[]> | undefined;

  /**
   * Nothing is parsed until the first read. `onChange` runs at every valid `set` and `delete`, before the change is kept;
   * what it throws reaches the caller, and then nothing is kept.
   */
  constructor(header: string | undefined, settings: CookieJarSettings, onChange: () => void) {
    this.#header = header;
    this.#settings = settings;
    this.#onChange = onChange;
  }

  /**
   * The value of a cookie, or `default` when there is none. Of several with the same name the first is given: browsers
   * send the one with the most specific path first. Django's `request.COOKIES.get` gives the last.
   */
  get(name: string): string | undefined;
  get<Default>(name: string, defaultValue: Default): string | Default;
  get(name: string, defaultValue?: unknown): unknown {
    const written = this.#written.get(name);
    if (written) return written.value ?? defaultValue;
    const first = this.#receivedValues(name)[0];
    return first === undefined ? defaultValue : this.#decode(first);
  }

  /** All values of a name, in the order the browser sent them; only the new one after a `set`, none after a `delete`. */
  getAll(name: string): string[] {
    const written = this.#written.get(name);
    if (!written) return [...this.raw(name)];
    return written.value === undefined ? [] : [written.value];
  }

  /** Whether there is a cookie of this name. Django's `name in request.COOKIES`. */
  has(name: string): boolean {
    const written = this.#written.get(name);
    return written ? written.value !== undefined : this.#receivedValues(name).length > 0;
  }

  /** Each name once, with the value that `get` gives: first those the browser sent, then those new in this response. */
  *[Symbol.iterator](): Generator<[name: string, value: string], void> {
    for (const name of new Set([...this.#receivedCookies().keys(), ...this.#written.keys()])) {
      const value = this.get(name);
      if (value !== undefined) yield [name, value];
    }
  }

  /**
   * The values of a name as the browser sent them, whatever this request has set or deleted since. Decoded like all
   * others.
   */
  raw(name: string): readonly string[] {
    return this.#receivedValues(name).map((value) => this.#decode(value));
  }

  /**
   * Sends a cookie with the response, and gives it to later reads of this request. The last `set` or `delete` of a name
   * wins, with its own attributes only. Django's `response.set_cookie`.
   *
   * Throws `InvalidCookieError` for what browsers would drop or what would break the header, `CookieOverflowError` for
   * more than 4096 bytes of name and value, and `ResponseHeadSentError` when it is too late. Then nothing has changed.
   */
  set(name: string, value: string, options: CookieOptions = {}): void {
    this.#write(name, { value, text: serializeCookie(name, value, options, this.#settings) });
  }

  /**
   * Makes the browser drop a cookie. Pass the options it was set with: only a cookie of the same `path` and `domain` is
   * dropped. Throws as `set` does. Django's `response.delete_cookie`.
   */
  delete(name: string, options: CookieOptions = {}): void {
    this.#write(name, { value: undefined, text: serializeDeletion(name, options, this.#settings) });
  }

  /**
   * The value of a signed cookie, without its signature; undefined when there is no cookie of this name. Of several with
   * the same name the first with a valid signature is given. Django's `request.get_signed_cookie`.
   *
   * Throws `BadSignatureError` when it was altered or never signed, or signed for another name or salt, and
   * `SignatureExpiredError` when it is older than `maxAge`; with a `default` that is given instead.
   */
  getSigned<Default>(name: string, options: SignedCookieReadOptions & { default: Default }): string | Default;
  getSigned(name: string, options?: SignedCookieReadOptions & { default?: undefined }): string | undefined;
  getSigned(name: string, options: SignedCookieReadOptions = {}): unknown {
    let failure: BadSignatureError | undefined;
    for (const signed of this.getAll(name)) {
      try {
        return this.#settings.signer.unsign(name, signed, options);
      } catch (error) {
        if (!(error instanceof BadSignatureError)) throw error;
        failure ??= error;
      }
    }
    if (failure && !Object.hasOwn(options, 'default')) throw failure;
    return options.default;
  }

  /**
   * Sends a signed cookie: anyone can read it, but nobody can change it. `getSigned` reads it back. Throws as `set` does;
   * the signature counts towards the 4096 bytes. Django's `response.set_signed_cookie`.
   */
  setSigned(name: string, value: string, { salt, ...options }: SignedCookieWriteOptions = {}): void {
    checkText(name, value);
    this.set(name, this.#settings.signer.sign(name, value, salt), options);
  }

  /** The texts of the `Set-Cookie` headers to send, one for each name, in the order in which names were first written. */
  pending(): readonly string[] {
    return this.#written.size === 0 ? NONE : Array.from(this.#written.values(), ({ text }) => text);
  }

  #write(name: string, cookie: WrittenCookie): void {
    this.#onChange();
    this.#written.set(name, cookie);
  }

  #receivedCookies(): ReadonlyMap<string, readonly string[]> {
    return (this.#received ??= parseCookieHeader(this.#header));
  }

  #receivedValues(name: string): readonly string[] {
    return this.#receivedCookies().get(name) ?? NONE;
  }

  #decode(value: string): string {
    return decodeCookieValue(value, this.#settings.quoting);
  }
}
