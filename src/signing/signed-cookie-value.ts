import { BadSignatureError, SignatureExpiredError } from '../errors/signing.errors.js';
import type { Clock } from '../session/clock.js';
import { secretsOf } from './signer.js';
import type { Secret, SigningKeys } from './signer.js';
import { TimestampSigner } from './timestamp-signer.js';
import type { UnsignOptions } from './timestamp-signer.js';

/**
 * How name and salt of a cookie enter its signature. In `legacy` the name `a` with the salt `bc` signs as `ab` with `c`
 * does; `v2` tells them apart, and Django reads it from 5.2.15 and 6.0.6 on.
 */
export type SignedCookieFormat = 'v2' | 'legacy';

export interface SignedCookieOptions extends SigningKeys {
  /** What {@link SignedCookieValues.sign} writes. */
  readonly format: SignedCookieFormat;
  /** Whether to read `legacy` as well as `v2`. Django's `SIGNED_COOKIE_LEGACY_SALT_FALLBACK`. @default true */
  readonly legacyFallback?: boolean;
  /** @default the system's clock */
  readonly clock?: Clock;
}

export interface UnsignCookieOptions extends UnsignOptions {
  /** The salt that the cookie was signed with. @default '' */
  readonly salt?: string;
}

/** Names and salts stand in the code, so this is more than an application has; the bound is for those that compute them. */
const MAX_SIGNERS = 100;

/**
 * The values of signed cookies: readable, bound to the cookie's name and to a salt, with the time of signing. Those of
 * Django's `set_signed_cookie` and `get_signed_cookie`, before any quoting.
 */
export class SignedCookieValues {
  readonly #keys: SigningKeys;
  readonly #clock: Clock | undefined;
  readonly #written: SignedCookieFormat;
  readonly #alsoRead: SignedCookieFormat | undefined;
  readonly #signers = new Map<string, TimestampSigner>();

  constructor({ format, legacyFallback = true, clock, ...keys }: SignedCookieOptions) {
    const [secret, ...secretFallbacks] = secretsOf(keys).map(cookieSecret) as [Secret, ...Secret[]];
    this.#keys = { secret, secretFallbacks };
    this.#clock = clock;
    this.#written = format;
    if (format === 'legacy') this.#alsoRead = 'v2';
    else if (legacyFallback) this.#alsoRead = 'legacy';
  }

  /**
   * The value, the time and the signature, in the format of the options.
   *
   * @throws SessionValueError when the value holds half of a surrogate pair.
   */
  sign(name: string, value: string, salt = ''): string {
    return this.#signer(this.#written, name, salt).sign(value);
  }

  /**
   * The value that {@link sign} was given, in whichever format it was signed.
   *
   * @throws BadSignatureError when it was altered, or signed for another name or salt.
   * @throws SignatureExpiredError when it is older than `maxAge` seconds.
   */
  unsign(name: string, signed: string, { salt = '', maxAge }: UnsignCookieOptions = {}): string {
    try {
      return this.#signer(this.#written, name, salt).unsign(signed, { maxAge });
    } catch (error) {
      const maybeOther = error instanceof BadSignatureError && !(error instanceof SignatureExpiredError);
      if (!maybeOther || this.#alsoRead === undefined) throw error;
      return this.#signer(this.#alsoRead, name, salt).unsign(signed, { maxAge });
    }
  }

  /** Signers are kept, as deriving a key costs more than a signature. */
  #signer(format: SignedCookieFormat, name: string, cookieSalt: string): TimestampSigner {
    const salt = format === 'v2' ? saltOfVersion2(name, cookieSalt) : name + cookieSalt;
    let signer = this.#signers.get(salt);
    if (!signer) {
      const [oldest] = this.#signers.keys();
      if (oldest !== undefined && this.#signers.size >= MAX_SIGNERS) this.#signers.delete(oldest);
      signer = new TimestampSigner({ ...this.#keys, clock: this.#clock, salt });
      this.#signers.set(salt, signer);
    }
    return signer;
  }
}

function cookieSecret(secret: Secret): Secret {
  return Buffer.concat([Buffer.from('django.http.cookies'), typeof secret === 'string' ? Buffer.from(secret) : secret]);
}

/** Python counts code points. */
function saltOfVersion2(name: string, salt: string): string {
  return `django.http.cookies.v2:${Array.from(salt).length}:${salt}${name}`;
}
