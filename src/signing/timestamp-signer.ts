import { BadSignatureError, SignatureExpiredError } from '../errors/signing.errors.js';
import type { Clock } from '../session/clock.js';
import { systemClock } from '../session/clock.js';
import { decodeBase62, encodeBase62 } from './base62.js';
import { Signer } from './signer.js';
import type { SignerOptions } from './signer.js';

export interface TimestampSignerOptions extends SignerOptions {
  /** @default 'django.core.signing.TimestampSigner' */
  readonly salt?: string;
  /** @default the system's clock */
  readonly clock?: Clock;
}

export interface UnsignOptions {
  /** The greatest age in seconds at which a signature still counts. @default any age */
  readonly maxAge?: number;
}

/** A {@link Signer} that also notes when it signed. Byte for byte Django's `TimestampSigner`. */
export class TimestampSigner {
  readonly #signer: Signer;
  readonly #separator: string;
  readonly #clock: Clock;

  constructor({ clock = systemClock, separator = ':', ...options }: TimestampSignerOptions) {
    this.#signer = new Signer({
      ...options,
      separator,
      salt: options.salt || 'django.core.signing.TimestampSigner',
    });
    this.#separator = separator;
    this.#clock = clock;
  }

  /**
   * The value, the time in whole seconds, and the signature over both.
   *
   * @throws SessionValueError as {@link Signer.sign}.
   */
  sign(value: string): string {
    return this.#signer.sign(value + this.#separator + encodeBase62(Math.floor(this.#clock.now() / 1000)));
  }

  /**
   * The value that {@link sign} was given. An age of exactly `maxAge` is still valid, and so is a time in the future,
   * since clocks differ.
   *
   * @throws BadSignatureError as {@link Signer.unsign}, or when what was signed holds no time.
   * @throws SignatureExpiredError when the signature is right but older than `maxAge`.
   */
  unsign(signed: string, { maxAge }: UnsignOptions = {}): string {
    const stamped = this.#signer.unsign(signed);
    const end = stamped.lastIndexOf(this.#separator);
    const signedAt = readTime(end === -1 ? '' : stamped.slice(end + this.#separator.length));
    // Not `>`: with a maxAge of NaN everything has expired, rather than nothing.
    if (maxAge !== undefined && !(this.#clock.now() / 1000 - signedAt <= maxAge)) {
      throw new SignatureExpiredError(
        `The signature is older than the ${maxAge} seconds allowed. Sign the value anew, or allow a greater maxAge.`,
      );
    }
    return stamped.slice(0, end);
  }
}

/** When a value was signed, in whole seconds. Only for one whose signature was found right. */
export function signedAt(signed: string): Date {
  return new Date(readTime(signed.split(':').at(-2) ?? '') * 1000);
}

function readTime(text: string): number {
  try {
    return decodeBase62(text);
  } catch {
    throw new BadSignatureError('The value was signed without a time. Sign it with a TimestampSigner.');
  }
}
