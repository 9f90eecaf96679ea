import { deriveKey, hmac } from '../../../src/signing/salted-hmac.js';
import type { HashAlgorithm } from '../../../src/signing/salted-hmac.js';
import { vectors } from '../../support/vectors.js';

interface HmacRow {
  key_salt: string;
  value: string;
  secret: string;
  algorithm: HashAlgorithm;
  derived_key_hex: string;
  digest_b64url: string;
}

describe('the salted HMAC', () => {
  it.each<HmacRow>(vectors.hmac)(
    'equals that of Django for $algorithm, salt $key_salt and value "$value"',
    ({ key_salt, value, secret, algorithm, derived_key_hex, digest_b64url }) => {
      const key = deriveKey(key_salt, secret, algorithm);
      expect(key.export().toString('hex')).toBe(derived_key_hex);
      expect(hmac(key, value, algorithm)).toBe(digest_b64url);
    },
  );
});
