import { InvalidCookieError } from '../errors/cookie.errors.js';

/**
 * Throws the `InvalidCookieError` for a cookie: which one, what is wrong with it, and what to do. The name is quoted, so
 * that whatever it holds stays on one line; a cookie's value has no place in the message.
 */
export function refuse(name: unknown, problem: string, cure: string): never {
  throw new InvalidCookieError(`The cookie ${JSON.stringify(String(name))} was refused: ${problem}. ${cure}.`);
}
