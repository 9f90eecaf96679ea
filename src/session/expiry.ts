import { SessionValueError } from '../errors/index.js';
import type { Clock } from './clock.js';

/** Where a session keeps an expiry of its own: seconds from each save, 0 for browser length, or an ISO 8601 instant. */
export const EXPIRY_KEY = '_session_expiry';

export interface ExpirySettings {
  readonly cookieAge: number;
  readonly expireAtBrowserClose: boolean;
  readonly clock: Clock;
}

type Values = ReadonlyMap<string, unknown>;

/** Django's arithmetic for when a session with these values ends. */
export class SessionExpiry {
  constructor(private readonly settings: ExpirySettings) {}

  /** Seconds until the session ends; negative when it already has. */
  age(values: Values): number {
    const own = readExpiry(values.get(EXPIRY_KEY));
    if (own instanceof Date) return Math.floor((own.getTime() - this.settings.clock.now()) / 1000);
    return own || this.settings.cookieAge;
  }

  /** The instant at which the session ends, given when it was last saved. @param savedAt in milliseconds; now if left out */
  date(values: Values, savedAt = this.settings.clock.now()): Date {
    const own = readExpiry(values.get(EXPIRY_KEY));
    if (own instanceof Date) return own;
    return new Date(savedAt + (own || this.settings.cookieAge) * 1000);
  }

  /** Whether the client's cookie goes away with the browser. */
  atBrowserClose(values: Values): boolean {
    const own = readExpiry(values.get(EXPIRY_KEY));
    return own === undefined ? this.settings.expireAtBrowserClose : own === 0;
  }
}

/** What `setExpiry` stores for what it was given. */
export function expiryToStore(expiry: number | Date): number | string {
  if (isSeconds(expiry)) return expiry;
  if (expiry instanceof Date && !Number.isNaN(expiry.getTime())) {
    const text = pythonIsoFormat(expiry);
    if (readExpiry(text)) return text;
  }
  throw new SessionValueError(
    'setExpiry takes seconds from each save, a valid Date before the year 10000, 0 (until the browser closes) or ' +
      'undefined (the default).',
  );
}

/** As Python's `isoformat()` writes it: no `Z`, which Python before 3.11 cannot read, and six digits or none. */
export function pythonIsoFormat(date: Date): string {
  const milliseconds = date.getTime() % 1000;
  return date
    .toISOString()
    .replace(/\.\d{3}Z$/, (fraction) => (milliseconds ? `${fraction.slice(0, 4)}000` : '') + '+00:00');
}

/** A number of seconds, an instant, or undefined for "no expiry of its own". Garbage counts as none. */
function readExpiry(expiry: unknown): number | Date | undefined {
  if (isSeconds(expiry)) return expiry;
  if (typeof expiry === 'boolean') return Number(expiry);
  if (typeof expiry === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(expiry)) {
    const date = new Date(/(Z|[+-]\d\d:?\d\d)$/.test(expiry) ? expiry : `${expiry}Z`);
    if (!Number.isNaN(date.getTime())) return date;
  }
  return undefined;
}

/** Not so many that the year would have five digits, which neither Python nor databases can hold. */
function isSeconds(expiry: unknown): expiry is number {
  return typeof expiry === 'number' && Math.abs(expiry) <= 200_000_000_000;
}
