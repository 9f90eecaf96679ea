import { CookieOverflowError } from '../errors/cookie.errors.js';
import type { Clock } from '../session/clock.js';
import { checkBrowserRules, checkName, SECURE_PREFIX, spell } from './cookie-rules.js';
import type { CookieOptions } from './cookie-options.js';
import { type CookieQuoting, encodeCookieValue } from './cookie-value.js';
import { refuse } from './refuse-cookie.js';

/** What writing a cookie takes besides the cookie. */
export interface CookieContext {
  quoting: CookieQuoting;
  clock: Clock;
}

interface Lifetime {
  expires: string;
  maxAge: number;
}

const MAXIMUM_BYTES = 4096;
const MAXIMUM_AGE = 400 * 24 * 60 * 60;
const OVER: Lifetime = { expires: 'Thu, 01 Jan 1970 00:00:00 GMT', maxAge: 0 };

/**
 * Gives the text of a `Set-Cookie` header, with the attributes in Django's order and spelling.
 * Throws `InvalidCookieError` for a cookie that browsers would drop or that would break the header, and
 * `CookieOverflowError` when name and value take more than 4096 bytes. Django's `set_cookie`.
 */
export function serializeCookie(name: string, value: string, options: CookieOptions, context: CookieContext): string {
  checkName(name);
  const encoded = encodeCookieValue(value, context.quoting, name);
  // Both are plain ASCII here, so characters are bytes.
  const size = name.length + encoded.length;
  if (size > MAXIMUM_BYTES) {
    throw new CookieOverflowError(
      `The cookie ${JSON.stringify(name)} was refused: name and value take ${size} bytes, and browsers keep at most ` +
        `${MAXIMUM_BYTES}. Store less in it, or keep the data in a session on the server.`,
    );
  }
  return `${name}=${encoded}${attributes(name, options, lifetime(name, options, context.clock), options.secure)}`;
}

/**
 * Gives the text of a `Set-Cookie` header that makes the browser drop a cookie. Pass the options it was set with: a
 * deletion reaches only the cookie of the same path and domain. `maxAge` and `expires` are ignored, and `Secure` is added
 * where browsers insist on it. Throws as {@link serializeCookie} does. Django's `delete_cookie`.
 */
export function serializeDeletion(name: string, options: CookieOptions, context: CookieContext): string {
  checkName(name);
  const { secure, partitioned, sameSite } = options;
  const needsSecure = secure || partitioned || SECURE_PREFIX.test(name) || /^none$/i.test(String(sameSite));
  return `${name}=${encodeCookieValue('', context.quoting)}${attributes(name, options, OVER, needsSecure)}`;
}

function lifetime(name: string, { maxAge, expires }: CookieOptions, clock: Clock): Lifetime | undefined {
  if (maxAge === undefined && expires === undefined) return undefined;
  if (maxAge !== undefined && expires !== undefined) refuse(name, 'it has both maxAge and expires', 'Pass one of them');
  if (maxAge !== undefined && !Number.isFinite(maxAge)) {
    refuse(name, 'its maxAge is no finite number', 'Pass a number of seconds');
  }
  if (expires !== undefined && !(expires instanceof Date && !Number.isNaN(expires.getTime()))) {
    refuse(name, 'its expires is no valid Date', 'Pass a valid Date, or maxAge');
  }
  const now = clock.now();
  const age = expires ? Math.max(0, Math.ceil((expires.getTime() - now) / 1000)) : maxAge!;
  // The lower bound only keeps the date one that can be written.
  const seconds = Math.max(-MAXIMUM_AGE, Math.min(age, MAXIMUM_AGE));
  return { expires: new Date(now + seconds * 1000).toUTCString(), maxAge: Math.trunc(seconds) };
}

function attributes(name: string, options: CookieOptions, lifetime?: Lifetime, secure?: boolean): string {
  const { path = '/', domain, httpOnly, partitioned } = options;
  const priority = spell(name, 'priority', options.priority);
  const sameSite = spell(name, 'sameSite', options.sameSite);
  checkBrowserRules(name, { path, domain, secure, sameSite, partitioned });
  let text = '';
  if (domain) text += `; Domain=${domain}`;
  if (lifetime) text += `; expires=${lifetime.expires}`;
  if (httpOnly) text += '; HttpOnly';
  if (lifetime) text += `; Max-Age=${lifetime.maxAge}`;
  if (partitioned) text += '; Partitioned';
  if (path) text += `; Path=${path}`;
  if (priority) text += `; Priority=${priority}`;
  if (sameSite) text += `; SameSite=${sameSite}`;
  if (secure) text += '; Secure';
  return text;
}
