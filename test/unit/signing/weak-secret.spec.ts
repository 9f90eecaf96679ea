import { randomBytes } from 'node:crypto';
import { weaknessOf } from '../../../src/signing/index.js';

describe('a secret', () => {
  it.each([
    'secret',
    'changeme',
    'keyboard cat',
    'keyboard cat keyboard cat keyboard cat keyboard cat',
    'your-super-secret-key-change-me-in-production',
    'CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME',
    'complex_password_at_least_32_characters_long',
    'a secret with minimum length of 32 characters',
    'averylogphrasebiggerthanthirtytwochars',
    'this-is-a-very-long-secret-for-jwt-tokens-2024',
    'abcdefghijklmnopqrstuvwxyz123456',
    'django-insecure-4i!h(2#8w$zq7^1m&x*9c)v0n-b5k=l3j+p6o_r@tuye',
  ])('is known to everybody if it is %j', (secret) => {
    expect(weaknessOf(secret)).toBe('one that everybody knows');
    expect(weaknessOf(Buffer.from(secret))).toBe('one that everybody knows');
  });

  it.each<[string, string | Uint8Array]>([
    ['shorter than 32 characters', '3v9Qz7Lk2Xp8Rw4Tn6Yb1Hc5Gd0Jf9s'],
    ['shorter than 32 characters', randomBytes(31)],
    ['made of fewer than 5 different characters', '0110'.repeat(20) + '23'],
    ['made of fewer than 5 different characters', new Uint8Array(64)],
    ['a short text over and over', '12345678901234567890123456789012'],
    ['a short text over and over', '0123456789abcdef'.repeat(4)],
  ])('is %s', (weakness, secret) => {
    expect(weaknessOf(secret)).toBe(weakness);
  });

  it.each([
    '3v9Qz7Lk2Xp8Rw4Tn6Yb1Hc5Gd0Jf9sA',
    '6f1ed002ab5595859014ebf0951522d9',
    'correct horse battery staple, and a moose',
    '4i!h(2#8w$zq7^1m&x*9c)v0n-b5k=l3j+p6o_r@tuye-secret',
  ])('is good if it is like %j', (secret) => {
    expect(weaknessOf(secret)).toBeUndefined();
    expect(weaknessOf(Buffer.from(secret))).toBeUndefined();
  });

  it('is good if it is random, however it is written', () => {
    for (let count = 0; count < 1000; count++) {
      const secret = randomBytes(32);
      expect(weaknessOf(secret)).toBeUndefined();
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        expect(weaknessOf(secret.toString(encoding))).toBeUndefined();
      }
    }
  });
});
