import { createHash, createHmac, createSecretKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** What signatures are made with: text, or bytes as Django's `SECRET_KEY` may be. */
export type Secret = string | Uint8Array;

export type HashAlgorithm = 'sha256' | 'sha1' | 'sha512';

/** The key that Django's `salted_hmac` derives for one purpose: the hash of salt and secret. */
export function deriveKey(keySalt: string, secret: Secret, algorithm: HashAlgorithm): KeyObject {
  return createSecretKey(createHash(algorithm).update(keySalt).update(secret).digest());
}

/** The HMAC of the text in UTF-8, as base64url without padding. */
export function hmac(key: KeyObject, text: string, algorithm: HashAlgorithm): string {
  return createHmac(algorithm, key).update(text).digest('base64url');
}
