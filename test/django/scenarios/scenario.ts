import { vectors } from '../../support/vectors.js';

/** One request to the real Django, and what came of it. */
export interface Scenario {
  /** The name of the view, whose Python is in `middleware.views`. */
  readonly view: string;
  /** What the browser sent. */
  readonly cookie: CookieKind;
  readonly engine: 'db' | 'cache' | 'cached_db' | 'file' | 'signed_cookies';
  readonly settings: Readonly<Record<string, unknown>>;
  /** What the session of the cookie holds, if not `{"a":1,"n":{}}`. */
  readonly stored_data?: Readonly<Record<string, unknown>>;
  readonly result: Outcome;
}

export type CookieKind =
  'none' | 'valid' | 'unknown' | 'short' | 'expired' | 'empty_string' | 'other_cookie' | 'tampered' | 'bad_chars';

/** Keys of sessions are `<SENT>` or `<NEW>` in it. */
export interface Outcome {
  readonly status: number;
  readonly set_cookie: readonly string[];
  readonly vary: string | null;
  readonly rows?: readonly Row[];
  readonly files?: number;
}

export interface Row {
  readonly key: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly expire_date: string;
}

export const scenarios: readonly Scenario[] = vectors.middleware.scenarios;

/** The frozen time, in milliseconds. */
export const NOW: number = Date.parse(vectors.middleware.now);

export function nameOf({ engine, view, cookie, settings }: Scenario): string {
  const others = Object.keys(settings).length > 0 ? ` with ${JSON.stringify(settings)}` : '';
  return `${engine}: the view ${view} and the cookie ${cookie}${others}`;
}
