import { SessionOptionsError } from '../errors/index.js';
import { wallClockOf } from '../session/wall-clock.js';
import type { SignedCookieFormat } from '../signing/index.js';
import { DjangoVersion } from './django-version.js';
import type { SessionModuleOptions } from './session-options.js';

/** What settings.py says on the other side, as far as sessions depend on it. */
export interface DjangoInteropSettings {
  /**
   * The version of Django, e.g. `'4.2'` or `'5.2.17'`. From 3.2 on.
   * @default '3.2', which every Django since can read; from 4.1 on it costs absolute expiries
   */
  version?: string;

  /**
   * USE_TZ. Name it: `startproject` writes True, but where settings.py is silent, it is False before Django 5.0.
   * @default true
   */
  useTz?: boolean;

  /**
   * TIME_ZONE, e.g. `'Europe/Oslo'`. Needed where `useTz` is false: Django then writes local time.
   */
  timeZone?: string;

  /**
   * The salt of stored sessions, `'django.contrib.sessions.'` and the name of the class of the session store: another one
   * only where SESSION_ENGINE names a module of your own.
   * @default 'django.contrib.sessions.SessionStore'
   */
  keySalt?: string;

  /**
   * The salt that signed cookies are written with; both are read. `'v2'` is read by Django from 5.2.15 and 6.0.6 on,
   * `'legacy'` by every Django before 7.0.
   * @default 'v2' if the version is known to read it
   */
  signedCookieSalt?: SignedCookieFormat;
}

/** How a Django that shares the sessions wants them. Made by {@link djangoInterop}. */
export interface DjangoPeer {
  /** An expiry that is an instant is written in seconds. */
  readonly integerExpiry: boolean;
  /** The zone whose local time stands wherever Django names no other; undefined for UTC. */
  readonly timeZone: string | undefined;
}

/** The options that {@link djangoInterop} makes. */
export type DjangoInteropOptions = Required<
  Pick<SessionModuleOptions, 'hashKeys' | 'cookieQuoting' | 'signedCookieFormat' | 'keySalt' | 'interop'>
>;

const SETTINGS: readonly string[] = [
  'version',
  'useTz',
  'timeZone',
  'keySalt',
  'signedCookieSalt',
] satisfies (keyof DjangoInteropSettings)[];

/**
 * The options under which a running Django and this module share everything: sessions in `'db'`, `'file'` and
 * `'signed_cookies'`, logins, and signed cookies. Spread them beside those that settings.py has too:
 *
 * ```ts
 * SessionModule.forRoot({
 *   ...djangoInterop({ version: '4.2', useTz: true }),
 *   engine: 'db',
 *   secret: process.env.SECRET_KEY,
 * })
 * ```
 *
 * With `'db'` sessions are in Django's own table, `DjangoSessionEntity`, which is never created or altered from here.
 *
 * @throws SessionOptionsError for a version before 3.2, an unknown time zone, or a setting that there is not
 */
export function djangoInterop(settings: DjangoInteropSettings = {}): DjangoInteropOptions {
  const unknown = Object.keys(settings).find((name) => !SETTINGS.includes(name));
  if (unknown) refuse(unknown, 'not known', `It takes ${SETTINGS.join(', ')}.`);
  const { useTz = true, timeZone, keySalt = 'django.contrib.sessions.SessionStore', signedCookieSalt } = settings;
  const version = DjangoVersion.parse(settings.version ?? '3.2');
  if (!version?.isAtLeast(3, 2)) {
    refuse('version', JSON.stringify(settings.version), "Give a version from 3.2 on, e.g. '4.2' or '5.2.17'.");
  }
  if (typeof useTz !== 'boolean') refuse('useTz', String(useTz), 'Give true or false, as USE_TZ in settings.py.');
  if (timeZone !== undefined) checkTimeZone(timeZone);
  if (!useTz && timeZone === undefined) {
    refuse(
      'timeZone',
      'missing',
      "With useTz: false Django writes local time, so give TIME_ZONE of settings.py, e.g. 'Europe/Oslo'. Where that is " +
        "silent it is 'America/Chicago'.",
    );
  }
  if (![undefined, 'v2', 'legacy'].includes(signedCookieSalt)) {
    refuse('signedCookieSalt', JSON.stringify(signedCookieSalt), "Give 'v2' or 'legacy', or leave it out.");
  }
  return {
    hashKeys: false,
    cookieQuoting: 'python',
    signedCookieFormat: signedCookieSalt ?? (version.readsCookiesOfVersion2 ? 'v2' : 'legacy'),
    keySalt,
    interop: Object.freeze({ integerExpiry: !version.isAtLeast(4, 1), timeZone: useTz ? undefined : timeZone }),
  };
}

function checkTimeZone(timeZone: string): void {
  try {
    wallClockOf(timeZone);
  } catch {
    refuse('timeZone', JSON.stringify(timeZone), "Give a name of the IANA database, e.g. 'Europe/Oslo' or 'UTC'.");
  }
}

function refuse(name: string, value: string, cure: string): never {
  throw new SessionOptionsError(`The setting "${name}" of djangoInterop is ${value}. ${cure}`);
}
