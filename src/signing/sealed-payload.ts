import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BadSignatureError, SignatureExpiredError } from '../errors/signing.errors.js';
import { SessionValueError } from '../errors/usage.errors.js';
import type { Clock } from '../session/clock.js';
import { systemClock } from '../session/clock.js';
import { secretsOf } from './signer.js';
import type { Secret, SigningKeys } from './signer.js';
import type { UnsignOptions } from './timestamp-signer.js';

export interface SealedPayloadOptions extends SigningKeys {
  /** What is sealed for one purpose does not open for another. */
  readonly purpose: string;
  /** @default the system's clock */
  readonly clock?: Clock;
}

const VERSION = Buffer.from([1]);
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const TIME_BYTES = 6;
const TAG = { authTagLength: 16 };

const NONCE_AT = VERSION.length + SALT_BYTES;
const HEAD_BYTES = NONCE_AT + NONCE_BYTES;
const FEWEST_BYTES = HEAD_BYTES + TIME_BYTES + TAG.authTagLength;

/**
 * Text that nobody without the secret can read or change, with the time of sealing, as base64url: AES-256-GCM. How long
 * the text is shows. On the wire: a version, the salt of the key, the nonce, the encrypted time and text, the tag.
 *
 * Nothing is compressed. Whoever chooses one part of a text and sees how long the compressed whole is can guess the rest
 * letter by letter, and for a cookie that is anybody who uses the application.
 */
export class SealedPayload {
  readonly #clock: Clock;
  readonly #sealingKey: KeyObject;
  readonly #openingKeys: readonly KeyObject[];

  /** @throws SessionOptionsError when a secret is empty. */
  constructor({ purpose, clock = systemClock, ...keys }: SealedPayloadOptions) {
    const [secret, ...fallbacks] = secretsOf(keys);
    this.#clock = clock;
    this.#sealingKey = deriveKey(secret, purpose);
    this.#openingKeys = [this.#sealingKey, ...fallbacks.map((fallback) => deriveKey(fallback, purpose))];
  }

  /**
   * The text sealed: letters, digits, `-` and `_` only, and different each time.
   *
   * @throws SessionValueError when the text holds half of a surrogate pair, which UTF-8 cannot carry.
   */
  seal(text: string): string {
    if (!text.isWellFormed()) {
      throw new SessionValueError('The text holds half of a surrogate pair, which UTF-8 cannot carry. Remove it.');
    }
    const random = randomBytes(SALT_BYTES + NONCE_BYTES);
    const key = messageKey(this.#sealingKey, random.subarray(0, SALT_BYTES));
    const cipher = createCipheriv(CIPHER, key, random.subarray(SALT_BYTES), TAG).setAAD(VERSION);
    const time = Buffer.alloc(TIME_BYTES);
    time.writeUIntBE(this.#clock.now(), 0, TIME_BYTES);
    const sealed = [VERSION, random, cipher.update(time), cipher.update(text, 'utf8'), cipher.final()];
    return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /**
   * The text that {@link seal} was given, and when. An age of exactly `maxAge` still counts, and so does a time in the
   * future, since clocks differ.
   *
   * @throws BadSignatureError when it was altered, or sealed with another secret or for another purpose, or never.
   * @throws SignatureExpiredError when it is older than `maxAge` seconds.
   */
  unseal(sealed: string, { maxAge }: UnsignOptions = {}): { text: string; sealedAt: Date } {
    const bytes = Buffer.from(sealed, 'base64url');
    // Node skips what is not base64url and ignores the spare bits of the last letter; no other spelling may pass.
    const isOurs = bytes.length >= FEWEST_BYTES && bytes[0] === VERSION[0] && bytes.toString('base64url') === sealed;
    const plain = isOurs ? this.#open(bytes) : undefined;
    if (!plain) {
      throw new BadSignatureError(
        'The value does not open: it was altered, or sealed with another secret or for another purpose. Treat it as if it ' +
          'were not there; after a change of the secret, name the old one in secretFallbacks.',
      );
    }
    const sealedAt = plain.readUIntBE(0, TIME_BYTES);
    // Not `>`: with a maxAge of NaN everything has expired, rather than nothing.
    if (maxAge !== undefined && !(this.#clock.now() - sealedAt <= maxAge * 1000)) {
      throw new SignatureExpiredError(
        `The value was sealed longer ago than the ${maxAge} seconds allowed. Seal it anew, or allow a greater maxAge.`,
      );
    }
    return { text: plain.toString('utf8', TIME_BYTES), sealedAt: new Date(sealedAt) };
  }

  #open(bytes: Buffer): Buffer | undefined {
    for (const key of this.#openingKeys) {
      const decipher = createDecipheriv(
        CIPHER,
        messageKey(key, bytes.subarray(VERSION.length, NONCE_AT)),
        bytes.subarray(NONCE_AT, HEAD_BYTES),
        TAG,
      );
      decipher.setAAD(VERSION).setAuthTag(bytes.subarray(-TAG.authTagLength));
      const plain = decipher.update(bytes.subarray(HEAD_BYTES, -TAG.authTagLength));
      try {
        decipher.final();
        return plain;
      } catch {
        // Not sealed with this secret.
      }
    }
    return undefined;
  }
}

function deriveKey(secret: Secret, purpose: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'nest-sessions.sealed', purpose, KEY_BYTES)));
}

/**
 * A key of its own for each message. Under one key, random nonces of 96 bits are safe for 2^32 messages, which a busy site
 * seals in weeks; key and nonce together have 224 random bits, so no number of messages comes near a repetition.
 */
function messageKey(key: KeyObject, salt: Buffer): Buffer {
  return createHmac('sha256', key).update(salt).digest();
}
