import { decodeBase62, encodeBase62 } from '../../../src/signing/base62.js';
import { vectors } from '../../support/vectors.js';

describe('base62', () => {
  it.each<{ n: number; encoded: string }>(vectors.base62)('writes and reads $n as Django does', ({ n, encoded }) => {
    expect(encodeBase62(n)).toBe(encoded);
    expect(decodeBase62(encoded)).toBe(n);
  });

  it('writes Django example times in six characters', () => {
    expect(encodeBase62(1_700_000_000)).toBe('1r31eq');
  });

  it.each([1e10, -1e10, 1_620_378_259, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 62 ** 8 - 1, 62 ** 8])(
    'brings %d back',
    (n) => {
      expect(decodeBase62(encodeBase62(n))).toBe(n);
    },
  );

  it('brings every small number back, and zero without a sign', () => {
    for (let n = -100; n < 100; n++) expect(decodeBase62(encodeBase62(n))).toBe(n);
    expect(encodeBase62(-0)).toBe('0');
    expect(decodeBase62('-0')).toBe(0);
  });

  it.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses to write %d', (n) => {
    expect(() => encodeBase62(n)).toThrow(RangeError);
  });

  it.each(['', '-', ' 1', '1 ', '1\n', '--1', '1-', 'é', '1_'])('refuses to read %j', (text) => {
    expect(() => decodeBase62(text)).toThrow(SyntaxError);
  });

  it('refuses to read a number that would lose digits', () => {
    expect(() => decodeBase62('z'.repeat(20))).toThrow(RangeError);
  });
});
