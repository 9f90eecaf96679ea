import type { KeyObject } from 'node:crypto';
import { BadSignatureError } from '../errors/signing.errors.js';
import { SessionOptionsError, SessionValueError } from '../errors/usage.errors.js';
import { equalTexts } from './equal-texts.js';
import { deriveKey, hmac } from './salted-hmac.js';
import type { HashAlgorithm, Secret } from './salted-hmac.js';

export type { Secret };

export interface SigningKeys {
  /** Signs and verifies. Django's `SECRET_KEY`. */
  readonly secret: Secret;
  /** Former secrets, which verify only, tried in this order. Django's `SECRET_KEY_FALLBACKS`. @default [] */
  readonly secretFallbacks?: readonly Secret[];
}

export interface SignerOptions extends SigningKeys {
  /** Keeps what is signed for one purpose from being used for another. @default 'django.core.signing.Signer' */
  readonly salt?: string;
  /** Stands between value and signature. @default ':' */
  readonly separator?: string;
  /** @default 'sha256' */
  readonly algorithm?: HashAlgorithm;
}

/** A separator of these alone could be taken for a part of the signature. */
const UNSAFE_SEPARATOR = /^[A-z0-9\-_=]*$/;

/**
 * Signs text so that any change of it is noticed; the text itself stays readable. Byte for byte Django's `Signer`.
 *
 * @throws SessionOptionsError when a secret is empty or the separator could be part of a signature.
 */
export class Signer {
  readonly #separator: string;
  readonly #algorithm: HashAlgorithm;
  readonly #signingKey: KeyObject;
  readonly #verifyingKeys: readonly KeyObject[];

  constructor({ salt, separator = ':', algorithm = 'sha256', ...keys }: SignerOptions) {
    if (UNSAFE_SEPARATOR.test(separator)) {
      throw new SessionOptionsError(
        `The separator ${JSON.stringify(separator)} could be part of a signature. ` +
          'Choose one with a character that is none of A-z, 0-9, "-", "_" and "=".',
      );
    }
    this.#separator = separator;
    this.#algorithm = algorithm;
    const keySalt = `${salt || 'django.core.signing.Signer'}signer`;
    const [secret, ...fallbacks] = secretsOf(keys);
    this.#signingKey = deriveKey(keySalt, secret, algorithm);
    this.#verifyingKeys = [this.#signingKey, ...fallbacks.map((fallback) => deriveKey(keySalt, fallback, algorithm))];
  }

  /**
   * The value, the separator, and the signature.
   *
   * @throws SessionValueError when the value holds half of a surrogate pair, which UTF-8 cannot carry.
   */
  sign(value: string): string {
    if (!value.isWellFormed()) {
      throw new SessionValueError(
        'The value holds half of a surrogate pair, which no signature can cover. Remove it, or write the value as JSON.',
      );
    }
    return value + this.#separator + hmac(this.#signingKey, value, this.#algorithm);
  }

  /**
   * The value that {@link sign} was given. It may hold the separator.
   *
   * @throws BadSignatureError when there is no signature, or none of the secrets made it.
   */
  unsign(signed: string): string {
    const end = signed.lastIndexOf(this.#separator);
    if (end === -1) {
      throw new BadSignatureError(
        'The value carries no signature: it was never signed, or its end was cut off. Treat it as if it were not there.',
      );
    }
    const value = signed.slice(0, end);
    const given = signed.slice(end + this.#separator.length);
    const genuine =
      value.isWellFormed() && this.#verifyingKeys.some((key) => equalTexts(given, hmac(key, value, this.#algorithm)));
    if (!genuine) {
      throw new BadSignatureError(
        'The signature does not match: the value was altered, or signed with another secret or salt. Treat it as if it ' +
          'were not there; after a change of the secret, name the old one in secretFallbacks.',
      );
    }
    return value;
  }
}

/**
 * The secret and then its fallbacks.
 *
 * @throws SessionOptionsError when one is empty, since anybody could sign with it.
 */
export function secretsOf({ secret, secretFallbacks = [] }: SigningKeys): readonly [Secret, ...Secret[]] {
  if (!secret?.length) throw new SessionOptionsError('The option secret is empty. Set it to a long random text.');
  if (!secretFallbacks.every((fallback) => fallback?.length)) {
    throw new SessionOptionsError('The option secretFallbacks holds an empty secret. Remove it.');
  }
  return [secret, ...secretFallbacks];
}
