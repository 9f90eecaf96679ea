import { isUtf8 } from 'node:buffer';
import { deflateSync, inflateSync } from 'node:zlib';
import { BadSignatureError } from '../errors/signing.errors.js';
import { SessionValueError } from '../errors/usage.errors.js';
import type { Clock } from '../session/clock.js';
import type { SigningKeys } from './signer.js';
import { TimestampSigner } from './timestamp-signer.js';
import type { UnsignOptions } from './timestamp-signer.js';

/** How large a compressed payload may become: 16 MiB. */
export const MAX_INFLATED_BYTES = 16 * 1024 * 1024;

/**
 * The length from which on the text of a session is compressed. Django tries it with every text, and reads either; but zlib
 * takes longer for a small one than all the rest of a request together.
 */
export const WORTH_COMPRESSING = 1024;

export interface SignedPayloadOptions extends SigningKeys {
  /** @default 'django.core.signing' */
  readonly salt?: string;
  /** @default the system's clock */
  readonly clock?: Clock;
  /** The bytes that stand for the text. Django reads Latin-1, and so pure ASCII. @default 'latin1' */
  readonly charset?: 'latin1' | 'utf8';
}

export interface PackOptions {
  /** Compress, where that makes the result shorter. @default false */
  readonly compress?: boolean;
}

const NOT_LATIN1 = /[^\0-\xff]/;

/**
 * Text in an envelope that a cookie or a database column can hold: compressed if wanted, in base64, with the time, signed.
 * What Django's `signing.dumps` and `signing.loads` do around the JSON.
 */
export class SignedPayload {
  readonly #signer: TimestampSigner;
  readonly #charset: 'latin1' | 'utf8';

  constructor({ salt = 'django.core.signing', charset = 'latin1', ...options }: SignedPayloadOptions) {
    this.#signer = new TimestampSigner({ ...options, salt });
    this.#charset = charset;
  }

  /**
   * The text in its envelope: only letters, digits and `-_.:`, which a cookie carries as they are.
   *
   * @throws SessionValueError when the charset cannot hold the text.
   */
  pack(text: string, { compress = false }: PackOptions = {}): string {
    const bytes = this.#encode(text);
    if (compress) {
      const deflated = deflateSync(bytes, { chunkSize: bufferSize(bytes.length) });
      // A leading dot is what says "compressed", and it is signed too.
      if (deflated.length < bytes.length - 1) return this.#signer.sign(`.${deflated.toString('base64url')}`);
    }
    return this.#signer.sign(bytes.toString('base64url'));
  }

  /**
   * The text that {@link pack} was given. Nothing is decoded before the signature was found right.
   *
   * @throws BadSignatureError when the envelope was altered, or is none, or holds more than {@link MAX_INFLATED_BYTES}.
   * @throws SignatureExpiredError when it is older than `maxAge` seconds.
   */
  unpack(packed: string, options?: UnsignOptions): string {
    const payload = this.#signer.unsign(packed, options);
    const bytes = payload.startsWith('.') ? inflate(decodeBase64(payload.slice(1))) : decodeBase64(payload);
    if (this.#charset === 'utf8' && !isUtf8(bytes)) throw undecodable('it is not UTF-8');
    return bytes.toString(this.#charset);
  }

  #encode(text: string): Buffer {
    const fits = this.#charset === 'latin1' ? !NOT_LATIN1.test(text) : text.isWellFormed();
    if (!fits) {
      throw new SessionValueError(
        `The text holds a character that ${this.#charset} cannot carry. Escape it, as JSON in pure ASCII does.`,
      );
    }
    return Buffer.from(text, this.#charset);
  }
}

function decodeBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64, and takes either alphabet.
  const isWhole = bytes.length === Math.floor((text.length * 3) / 4) && text.length % 4 !== 1;
  if (!isWhole || text.includes('+') || text.includes('/')) {
    throw undecodable('it is not base64url without padding');
  }
  return bytes;
}

function inflate(bytes: Buffer): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: MAX_INFLATED_BYTES, chunkSize: bufferSize(4 * bytes.length) });
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw undecodable(tooLarge ? `it inflates to more than ${MAX_INFLATED_BYTES} bytes` : 'it is not zlib data');
  }
}

/** Zlib's own 16 KiB would take longer to allocate than a usual session takes to compress. */
function bufferSize(bytes: number): number {
  return Math.min(Math.max(bytes, 64), 16 * 1024);
}

function undecodable(reason: string): BadSignatureError {
  return new BadSignatureError(
    `The signature is right, but what it signs could not be decoded: ${reason}. Look for another program that signs with ` +
      'the same secret and salt.',
  );
}
