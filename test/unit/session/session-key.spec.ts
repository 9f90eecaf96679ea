import { createHash } from 'node:crypto';
import { hashSessionKey, isSessionKey, newSessionKey, sessionFingerprint } from '../../../src/session/session-key.js';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

describe('newSessionKey', () => {
  const keys = Array.from({ length: 20_000 }, newSessionKey);

  it('makes 32 characters of a-z0-9', () => {
    expect(keys.filter((key) => !/^[a-z0-9]{32}$/.test(key))).toEqual([]);
    expect(keys.every(isSessionKey)).toBe(true);
  });

  it('makes no key twice', () => {
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('prefers no character, so there is no bias from the remainder of a byte', () => {
    const counts = new Map<string, number>();
    for (const character of keys.join('')) counts.set(character, (counts.get(character) ?? 0) + 1);
    const expected = (keys.length * 32) / ALPHABET.length;
    const chiSquare = [...ALPHABET]
      .map((character) => ((counts.get(character) ?? 0) - expected) ** 2 / expected)
      .reduce((sum, term) => sum + term);
    // 35 degrees of freedom: above 110 once in a thousand million runs. With the bias it would be about 2000.
    expect(chiSquare).toBeLessThan(110);
  });

  it('prefers no character at any place', () => {
    const expected = keys.length / ALPHABET.length;
    for (let place = 0; place < 32; place++) {
      const counts = new Map<string, number>();
      for (const key of keys) counts.set(key[place]!, (counts.get(key[place]!) ?? 0) + 1);
      // Seven standard deviations.
      for (const character of ALPHABET) {
        expect(Math.abs((counts.get(character) ?? 0) - expected)).toBeLessThan(7 * Math.sqrt(expected));
      }
    }
  });
});

describe('isSessionKey', () => {
  it.each(['a'.repeat(8), '0'.repeat(40), newSessionKey()])('accepts %p', (key) => {
    expect(isSessionKey(key)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['7 characters', 'a'.repeat(7)],
    ['41 characters', 'a'.repeat(41)],
    ['upper case, which MySQL would match', 'ABCDEFGHIJ'],
    ['a trailing space, which MySQL would match', 'abcdefghij '],
    ['a trailing line break', 'abcdefghij\n'],
    ['a leading line break', '\nabcdefghij'],
    ['a key within lines', 'x\nabcdefghij\nx'],
    ['a NUL byte', 'abcdefgh\0ij'],
    ['a quote', "abcdefgh' OR '1'='1"],
    ['a way out of a folder', '../../../etc/passwd'],
    ['a wildcard', 'abcdefgh*'],
    ['a brace, which has a meaning in Redis', '{abcdefgh}'],
    ['a colon', 'abcdefgh:ij'],
    ['digits of another script', '٠١٢٣٤٥٦٧٨٩'],
    ['a letter that lower-cases to ASCII', 'abcdefg\u212a'],
    ['a long s', 'abcdefg\u017f'],
    ['full-width letters', 'ａｂｃｄｅｆｇｈ'],
    ['a megabyte', 'a'.repeat(1 << 20)],
  ])('refuses %s', (_name, text) => {
    expect(isSessionKey(text)).toBe(false);
  });
});

describe('hashSessionKey', () => {
  it('is the SHA-256 of the key in hex, and fits a column for it', () => {
    const key = newSessionKey();
    expect(hashSessionKey(key)).toBe(createHash('sha256').update(key, 'utf8').digest('hex'));
    expect(hashSessionKey(key)).toMatch(/^[a-z0-9]{64}$/);
    expect(hashSessionKey('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  it('begins with the fingerprint that logs and events show', () => {
    expect(sessionFingerprint('abc')).toBe('ba7816bf');
  });
});
