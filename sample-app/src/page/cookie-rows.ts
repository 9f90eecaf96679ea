import type { Cookies } from 'nest-sessions';
import { SESSION_COOKIE } from '../cookies/cookie-attributes.js';
import { NOTICE_COOKIE } from './notice.js';

/** A cookie as the page shows it. */
export interface CookieRow {
  readonly name: string;
  readonly value: string;
  readonly kind: 'plain' | 'signed' | 'tampered' | 'session';
}

/** How a signed value ends: its time and its signature. */
const SIGNATURE = /:[0-9A-Za-z]{6}:[\w-]{43}$/;

/** The cookies that the browser has sent, those that say something to a visitor. */
export function cookieRows(cookies: Cookies): CookieRow[] {
  return [...cookies].filter(([name]) => name !== NOTICE_COOKIE).map(([name, value]) => rowOf(cookies, name, value));
}

function rowOf(cookies: Cookies, name: string, value: string): CookieRow {
  if (name === SESSION_COOKIE) return { name, value: firstLetters(value), kind: 'session' };
  if (!SIGNATURE.test(value)) return { name, value, kind: 'plain' };
  const verified = cookies.getSigned(name, { default: undefined });
  return verified === undefined ? { name, value, kind: 'tampered' } : { name, value: verified, kind: 'signed' };
}

/** Enough of a secret to see whether it has changed. */
export function firstLetters(secret: string): string {
  return `${secret.slice(0, 4)}••••••••`;
}
