const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE62 = /^-?[0-9A-Za-z]+$/;

/**
 * A whole number in base 62: digits, then upper, then lower case; negative numbers begin with a minus. Django writes the
 * timestamps of its signatures so.
 *
 * @throws RangeError for a fraction or a number that JavaScript cannot hold exactly.
 */
export function encodeBase62(n: number): string {
  if (!Number.isSafeInteger(n)) throw new RangeError('Only a safe integer can be written in base 62.');
  let text = '';
  let rest = Math.abs(n);
  do {
    const digit = rest % 62;
    text = DIGITS.charAt(digit) + text;
    rest = (rest - digit) / 62;
  } while (rest > 0);
  return n < 0 ? `-${text}` : text;
}

/**
 * The number that {@link encodeBase62} wrote.
 *
 * @throws SyntaxError for other text, RangeError for a number that JavaScript cannot hold exactly.
 */
export function decodeBase62(text: string): number {
  if (!BASE62.test(text)) throw new SyntaxError('The text is not a number in base 62.');
  const negative = text.startsWith('-');
  let n = 0;
  for (let at = negative ? 1 : 0; at < text.length; at++) n = n * 62 + DIGITS.indexOf(text.charAt(at));
  if (!Number.isSafeInteger(n)) throw new RangeError('The number is too large to be held exactly.');
  return negative ? 0 - n : n;
}
