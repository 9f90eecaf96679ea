import type { CookieOptions } from '../../cookies/index.js';
import type { Session } from '../../session/session.js';

/**
 * `req.session.cookie` as express-session has it, over the expiry of a session. All of its times are in milliseconds. The
 * other attributes are the module's options and can only be read.
 */
export class CompatCookie {
  readonly #session: Session;
  readonly #attributes: CookieOptions;

  constructor(session: Session, attributes: CookieOptions) {
    this.#session = session;
    this.#attributes = attributes;
  }

  /** Milliseconds until the cookie ends; null when it goes away with the browser. */
  get maxAge(): number | null {
    return this.#session.getExpireAtBrowserClose() ? null : this.#session.getExpiryAge() * 1000;
  }

  set maxAge(milliseconds: number | null | undefined) {
    this.#session.setExpiry(milliseconds === null || milliseconds === undefined ? 0 : Math.floor(milliseconds / 1000));
  }

  get originalMaxAge(): number | null {
    return this.maxAge;
  }

  set originalMaxAge(milliseconds: number | null) {
    this.maxAge = milliseconds;
  }

  /** The end of the cookie; null when it goes away with the browser. */
  get expires(): Date | null {
    return this.#session.getExpireAtBrowserClose() ? null : this.#session.getExpiryDate();
  }

  set expires(date: Date | null | false) {
    this.#session.setExpiry(date || 0);
  }

  get path(): string | undefined {
    return this.#attributes.path;
  }

  get domain(): string | undefined {
    return this.#attributes.domain;
  }

  get httpOnly(): boolean {
    return this.#attributes.httpOnly === true;
  }

  get secure(): boolean {
    return this.#attributes.secure === true;
  }

  get sameSite(): CookieOptions['sameSite'] {
    return this.#attributes.sameSite;
  }

  toJSON(): object {
    const { originalMaxAge, expires, httpOnly, path, secure, sameSite } = this;
    return { originalMaxAge, expires, httpOnly, path, secure, sameSite };
  }
}
