import { createHmac } from 'node:crypto';
import { SessionOptionsError } from '../errors/index.js';
import { equalTexts } from '../signing/index.js';
import { CookieSessionImporter, type OpenedCookie } from './cookie-session-importer.js';
import { formerCookie, type FormerCookieAttributes, MOST_COOKIES } from './former-cookie.js';
import type { CookieImportOptions } from './import-options.js';
import type { ReceivedCookies, SessionImporter } from './session-importer.js';

/** A Keygrip, which cookie-session takes in place of keys. */
export interface KeygripLike {
  /** Whether one of its keys has made the signature of the data. */
  verify(data: string, signature: string): boolean;
}

/** The options that cookie-session had, of which these are read, and more. */
export interface CookieSessionImportOptions extends CookieImportOptions, FormerCookieAttributes {
  /** @default 'session' */
  name?: string;
  /** What the old application signed with; each is tried. */
  keys?: readonly string[] | KeygripLike;
  /** In place of `keys`, when there is one only. */
  secret?: string;
  /** Must not be false: what nobody signed, anybody can write. */
  signed?: boolean;
}

/**
 * For the option `importFrom`: takes over the sessions that cookie-session has made, so that users stay logged in while an
 * application moves over. Give it the options that cookie-session had, and a date.
 *
 * ```ts
 * importFrom: importCookieSession({ keys: [oldKey], until: new Date('2026-03-01') })
 * ```
 *
 * Of a session everything goes on but the keys that begin with `_`. Such a cookie says nothing of its age and nobody can
 * revoke it, so `until` bounds how long an old one may be used. A store on the server also notes each cookie that was taken
 * over: the same one never brings a session back after a logout.
 *
 * @throws SessionOptionsError when the keys or the date are missing, or the cookies were not signed
 */
export function importCookieSession(options: CookieSessionImportOptions): SessionImporter {
  const { name = 'session', ...attributes } = options;
  const keygrip = keygripOf(options);
  const signatureName = `${name}.sig`;
  const open = (value: string, cookies: ReceivedCookies): OpenedCookie | undefined => {
    const signatures = (cookies.get(signatureName) ?? []).slice(0, MOST_COOKIES);
    const isGenuine = signatures.some((signature) => keygrip.verify(`${name}=${value}`, signature));
    return isGenuine ? { id: value, json: Buffer.from(value, 'base64').toString() } : undefined;
  };
  const cookies = [formerCookie(name, attributes), formerCookie(signatureName, attributes)];
  const style = { importer: 'importCookieSession', library: 'cookie-session', cookieName: name, cookies, open };
  return new CookieSessionImporter(style, options);
}

function keygripOf({ keys, secret, signed }: CookieSessionImportOptions): KeygripLike {
  if (signed === false) {
    refuse('"signed" of importCookieSession() is false: such cookies can be written by anybody. Let them go');
  }
  if (typeof (keys as KeygripLike | undefined)?.verify === 'function') return keys as KeygripLike;
  const secrets = (keys as readonly string[] | undefined) ?? [secret ?? ''];
  if (secrets.length === 0 || secrets.some((key) => !key)) {
    refuse('"keys" of importCookieSession() is missing or empty. Give what the old application signed with');
  }
  return { verify: (data, signature) => secrets.some((key) => equalTexts(signature, signatureOf(data, key))) };
}

/** As Keygrip signs. */
function signatureOf(data: string, key: string): string {
  return createHmac('sha1', key).update(data).digest('base64url');
}

function refuse(reason: string): never {
  throw new SessionOptionsError(`The option ${reason}.`);
}
