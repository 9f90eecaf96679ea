import { timingSafeEqual } from 'node:crypto';

/** Compares text, not the bytes it decodes to: the last character of a base64 signature has spare bits. In constant time. */
export function equalTexts(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
