import { decodeCookieValue } from '../cookies/index.js';
import { SessionOptionsError } from '../errors/index.js';
import { CookieSessionImporter, type OpenedCookie } from './cookie-session-importer.js';
import { formerCookie, type FormerCookieAttributes } from './former-cookie.js';
import type { CookieImportOptions } from './import-options.js';
import { type IronPasswords, openIronSeal } from './open-iron-seal.js';
import type { ReceivedCookies, SessionImporter } from './session-importer.js';

/** The options that iron-session had, of which these are read, and more. */
export interface IronSessionImportOptions extends CookieImportOptions {
  /** The name of the old cookie. */
  cookieName: string;
  /** The password of the old application, or its passwords by number. */
  password: string | IronPasswords;
  /** The attributes of the old cookie, without which no browser drops it. @default path '/', no domain */
  cookieOptions?: FormerCookieAttributes;
}

/**
 * For the option `importFrom`: takes over the sessions that iron-session 8 or 9 has made, so that users stay logged in while
 * an application moves over. Give it the options that iron-session had, and a date.
 *
 * ```ts
 * importFrom: importIronSession({ cookieName: 'app', password: oldPassword, until: new Date('2026-03-01') })
 * ```
 *
 * Of a session everything goes on but the keys that begin with `_`. A cookie whose `ttl` is over is not taken; nobody can
 * revoke one before, so `until` bounds how long an old one may be used. A store on the server also notes each cookie that
 * was taken over: the same one never brings a session back after a logout.
 *
 * @throws SessionOptionsError when the name, the password or the date is missing
 */
export function importIronSession(options: IronSessionImportOptions): SessionImporter {
  const { cookieName, password, cookieOptions } = options;
  const passwords = typeof password === 'string' ? { 1: password } : { ...password };
  if (!cookieName) refuse('cookieName');
  if (Object.keys(passwords).length === 0 || Object.values(passwords).some((each) => !each)) refuse('password');
  const open = (value: string, _: ReceivedCookies, now: number): OpenedCookie | null | undefined => {
    const opened = openIronSeal(decodeCookieValue(value, 'percent'), passwords);
    return opened?.endsAt && opened.endsAt.getTime() <= now ? null : opened;
  };
  const cookies = [formerCookie(cookieName, cookieOptions)];
  const style = { importer: 'importIronSession', library: 'iron-session', cookieName, cookies, open };
  return new CookieSessionImporter(style, options);
}

function refuse(option: string): never {
  throw new SessionOptionsError(
    `The option "${option}" of importIronSession() is missing or empty. Give the options that iron-session had.`,
  );
}
