import { optionsOf } from './settings.js';
import type { Outcome, Row, Scenario } from './scenario.js';

/** Where this module answers otherwise than Django 3.2 on purpose. */
export interface Difference {
  /** The line of the table in docs/sharing-with-django.md that says so, or the beginning of it. */
  readonly line: string;
  applies(scenario: Scenario): boolean;
  /** What this module answers, given what Django did, or what the differences before this one made of it. */
  here(outcome: Outcome, scenario: Scenario): Outcome | 'refused at boot';
}

const UNTOUCHED = ['noop', 'key', 'modified'];
const FLUSHES = ['flush', 'flushset', 'flush500'];
const NEVER_FOUND = ['unknown', 'expired', 'bad_chars'];
const NEVER_SIGNED = ['unknown', 'expired'];

const everySave = ({ settings }: Scenario): boolean => settings.SESSION_SAVE_EVERY_REQUEST === true;
const isDeletion = (cookie: string): boolean => cookie.includes('=""; expires=Thu, 01 Jan 1970');
const withoutNew = ({ rows, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  ...(rows ? { rows: rows.filter(({ key }) => key !== '<NEW>') } : {}),
});
const deletion = 'sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/; SameSite=Lax';

/** The row of the cookie kind `expired`, as it was before. */
const expiredRow: Row = {
  key: '<SENT>',
  data: { a: 1, n: {} },
  expire_date: '2023-10-31T22:13:20.250000+00:00',
};
const withExpired = ({ rows, files, ...outcome }: Outcome): Outcome => ({
  ...outcome,
  ...(rows ? { rows: [...rows.filter(({ key }) => key !== '<SENT>'), expiredRow] } : {}),
  ...(files === undefined ? {} : { files: files + 1 }),
});

/** In the order in which they apply. */
export const differences: readonly Difference[] = [
  {
    line: 'SameSite=None without Secure is sent; an unknown SameSite answers 500',
    applies: ({ settings }) =>
      settings.SESSION_COOKIE_SAMESITE === 'bogus' ||
      (settings.SESSION_COOKIE_SAMESITE === 'None' && settings.SESSION_COOKIE_SECURE !== true),
    here: () => 'refused at boot',
  },
  {
    line: 'a short cookie is deleted even if the session was never used',
    applies: ({ view, cookie }) => UNTOUCHED.includes(view) && ['short', 'empty_string'].includes(cookie),
    here: (outcome) => ({ ...outcome, set_cookie: [], vary: null }),
  },
  {
    line: 'SAVE_EVERY_REQUEST or `modified = True` with a stale cookie creates an empty row',
    applies: (scenario) =>
      NEVER_FOUND.includes(scenario.cookie) &&
      (scenario.view === 'modified' || (scenario.view === 'noop' && everySave(scenario))),
    here: (outcome) => withoutNew({ ...outcome, set_cookie: [], vary: null }),
  },
  {
    line: '`clear()` on an unknown key answers 400; on an expired row revives it',
    applies: ({ view, cookie, engine }) =>
      view === 'clear' && NEVER_FOUND.includes(cookie) && engine !== 'signed_cookies',
    here: (outcome, { cookie }) => {
      const empty: Outcome = { ...outcome, status: 200, set_cookie: [deletion], vary: 'Cookie' };
      return cookie === 'expired' ? withExpired(empty) : empty;
    },
  },
  {
    // An expired session is empty, so there is nothing to flush.
    line: 'nothing purges expired sessions',
    applies: ({ view, cookie, engine }) =>
      FLUSHES.includes(view) && cookie === 'expired' && engine !== 'signed_cookies',
    here: withExpired,
  },
  {
    line: 'file engine: an integer expiry never expires on the server; reading an expired file creates a new session',
    applies: ({ view, cookie, engine }) =>
      engine === 'file' && cookie === 'expired' && !UNTOUCHED.includes(view) && !FLUSHES.includes(view),
    here: (outcome, { view }) => {
      // Django has made a new file in the place of the expired one.
      if (['read', 'del'].includes(view)) return { ...outcome, set_cookie: [deletion] };
      return outcome.status === 500 ? outcome : withExpired(outcome);
    },
  },
  {
    line: 'signed_cookies ignores `set_expiry` on the server; replaces a bad cookie by a fresh empty one',
    applies: ({ view, cookie, engine }) =>
      engine === 'signed_cookies' && NEVER_SIGNED.includes(cookie) && ['read', 'clear', 'del'].includes(view),
    here: (outcome) => ({ ...outcome, set_cookie: [deletion] }),
  },
  {
    line: 'the deletion cookie lacks Secure, HttpOnly',
    applies: () => true,
    here: (outcome, scenario) => ({
      ...outcome,
      set_cookie: outcome.set_cookie.map((cookie) => (isDeletion(cookie) ? withAttributes(cookie, scenario) : cookie)),
    }),
  },
  {
    line: 'before 4.2, an answer of 501 to 599 is saved',
    applies: ({ view }) => view === 'set503',
    here: (outcome) => withoutNew({ ...outcome, set_cookie: [] }),
  },
  {
    line: 'before 5.2.14, a cookie is set without `Vary: Cookie`',
    applies: () => true,
    here: (outcome) =>
      outcome.set_cookie.length > 0 && outcome.vary === null ? { ...outcome, vary: 'Cookie' } : outcome,
  },
  {
    line: 'before 4.1, `set_expiry` of an instant cannot be saved',
    applies: ({ view }) => view === 'expdt',
    here: (outcome, { cookie }) => {
      const isNew = cookie !== 'valid';
      const key = isNew ? '<NEW>' : '<SENT>';
      const data = { a: 2, ...(isNew ? {} : { n: {} }), _session_expiry: 3600 };
      return {
        status: 200,
        set_cookie: [
          `sessionid=${key}; expires=Tue, 14 Nov 2023 23:13:20 GMT; HttpOnly; Max-Age=3600; Path=/; SameSite=Lax`,
        ],
        vary: 'Cookie',
        rows: [
          { key, data, expire_date: '2023-11-14T23:13:20.250000+00:00' },
          ...outcome.rows!.filter((row) => row.key !== key),
        ],
      };
    },
  },
];

/** A deletion with those attributes of the session cookie that Django leaves out of it. */
function withAttributes(cookie: string, { settings }: Scenario): string {
  const { cookieHttpOnly = true, cookieSecure = false } = optionsOf(settings);
  const given = cookie.split('; ');
  const missing = [cookieHttpOnly ? 'HttpOnly' : '', cookieSecure === true ? 'Secure' : ''];
  return [...given, ...missing.filter((attribute) => attribute && !given.includes(attribute))].join('; ');
}
