import type { FormerCookie } from './session-importer.js';

/** The attributes of a cookie of another library that a browser must be told again to drop it. */
export interface FormerCookieAttributes {
  /** @default '/' */
  path?: string;
  /** @default the host that sent it, and no other */
  domain?: string;
  /** As the old application had it. @default none */
  sameSite?: boolean | 'strict' | 'lax' | 'none';
  /** Whether the old cookie was kept apart for each top-level site. @default false */
  partitioned?: boolean;
  /** Not read: no browser needs it to drop a cookie. */
  secure?: boolean;
  /** Not read either. */
  httpOnly?: boolean;
}

/** A browser sends a cookie of one name for each matching path and domain; more than these are nobody's mistake. */
export const MOST_COOKIES = 5;

export function formerCookie(
  name: string,
  { path = '/', domain, sameSite, partitioned }: FormerCookieAttributes = {},
): FormerCookie {
  return { name, options: { path, domain, sameSite: sameSite === true ? 'strict' : sameSite, partitioned } };
}
