import type { Clock } from '../session/clock.js';
import { readJson, writeJson } from './json-text.js';
import { SignedPayload } from './signed-payload.js';
import type { PackOptions } from './signed-payload.js';
import type { SigningKeys } from './signer.js';
import type { UnsignOptions } from './timestamp-signer.js';

export interface SignedObjectOptions extends SigningKeys {
  /** Keeps what is signed for one purpose from being used for another. @default 'django.core.signing' */
  readonly salt?: string;
  /** @default the system's clock */
  readonly clock?: Clock;
}

/**
 * A value as signed text, safe in URLs and cookies. Readable by anybody, forgeable by nobody. Django's `signing.dumps`.
 *
 * @throws SessionValueError when JSON cannot hold the value.
 */
export function dumps(value: unknown, { compress, ...options }: SignedObjectOptions & PackOptions): string {
  return new SignedPayload(options).pack(writeJson(value), { compress });
}

/**
 * The value that {@link dumps} was given. Django's `signing.loads`.
 *
 * @throws BadSignatureError when the text was altered, SignatureExpiredError when it is older than `maxAge` seconds,
 * SyntaxError when what was signed is not JSON.
 */
export function loads(text: string, { maxAge, ...options }: SignedObjectOptions & UnsignOptions): unknown {
  return readJson(new SignedPayload(options).unpack(text, { maxAge }));
}
