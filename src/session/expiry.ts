import { SessionValueError } from '../errors/index.js';
import type { Clock } from './clock.js';
import { type ExpiryFormat, utcExpiry } from './expiry-format.js';
import { startOf } from './session-record.js';

/** Where a session keeps an expiry of its own: seconds from each save, 0 for browser length, or an ISO 8601 instant. */
export const EXPIRY_KEY = '_session_expiry';

export interface ExpirySettings {
  readonly cookieAge: number;
  readonly expireAtBrowserClose: boolean;
  /** Seconds from its beginning after which a session ends, whatever else it says. @default never */
  readonly absoluteAge?: number;
  readonly clock: Clock;
  /** @default texts in UTC */
  readonly format?: ExpiryFormat;
}

type Values = ReadonlyMap<string, unknown>;

/** Django's arithmetic for when a session with these values ends. */
export class SessionExpiry {
  readonly #format: ExpiryFormat;

  constructor(private readonly settings: ExpirySettings) {
    this.#format = settings.format ?? utcExpiry;
  }

  /** Seconds until the session ends; negative when it already has. */
  age(values: Values): number {
    const now = this.settings.clock.now();
    const own = this.#own(values);
    const age = own instanceof Date ? Math.floor((own.getTime() - now) / 1000) : own || this.settings.cookieAge;
    return Math.min(age, Math.floor((this.#end(values, now) - now) / 1000));
  }

  /** The instant at which the session ends, given when it was last saved. @param savedAt in milliseconds; now if left out */
  date(values: Values, savedAt = this.settings.clock.now()): Date {
    const own = this.#own(values);
    const date = own instanceof Date ? own.getTime() : savedAt + (own || this.settings.cookieAge) * 1000;
    return new Date(Math.min(date, this.#end(values, savedAt)));
  }

  /** Whether the session has lasted as long as any may. */
  isOver(values: Values): boolean {
    const now = this.settings.clock.now();
    return this.#end(values, now) <= now;
  }

  /** In milliseconds, when a session with that expiry was last saved or renewed; undefined where its expiry does not tell. */
  renewedAt(values: Values, expiresAt: Date): number | undefined {
    const own = this.#own(values);
    const renewedAt = expiresAt.getTime() - (Number(own) || this.settings.cookieAge) * 1000;
    const isTelling = !(own instanceof Date) && expiresAt.getTime() < this.#end(values, renewedAt);
    return isTelling ? renewedAt : undefined;
  }

  /** Whether the client's cookie goes away with the browser. */
  atBrowserClose(values: Values): boolean {
    const own = this.#own(values);
    return own === undefined ? this.settings.expireAtBrowserClose : own === 0;
  }

  /** What `setExpiry` stores for what it was given. */
  toStore(expiry: number | Date): number | string {
    return expiryToStore(expiry, this.#format, this.settings.clock.now());
  }

  /** Beyond which nothing lets the session live. */
  #end(values: Values, savedAt: number): number {
    const { absoluteAge } = this.settings;
    return absoluteAge === undefined ? Infinity : (startOf(values) ?? savedAt) + absoluteAge * 1000;
  }

  #own(values: Values): number | Date | undefined {
    return readExpiry(values.get(EXPIRY_KEY), this.#format);
  }
}

/** {@link SessionExpiry.toStore} at the time `now`, in milliseconds. */
export function expiryToStore(expiry: number | Date, format = utcExpiry, now = 0): number | string {
  if (isSeconds(expiry)) return expiry;
  if (expiry instanceof Date && !Number.isNaN(expiry.getTime())) {
    const stored = format.write(expiry, now);
    if (readExpiry(stored, format) !== undefined) return stored;
  }
  throw new SessionValueError(
    'setExpiry takes seconds from each save, a valid Date before the year 10000, 0 (until the browser closes) or ' +
      'undefined (the default).',
  );
}

/** A number of seconds, an instant, or undefined for "no expiry of its own". Garbage counts as none. */
function readExpiry(expiry: unknown, { wallClock }: ExpiryFormat): number | Date | undefined {
  if (isSeconds(expiry)) return expiry;
  if (typeof expiry === 'boolean') return Number(expiry);
  if (typeof expiry === 'string' && /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(expiry)) {
    const namesOffset = /(Z|[+-]\d\d:?\d\d)$/.test(expiry);
    const time = Date.parse(namesOffset ? expiry : `${expiry}Z`);
    if (!Number.isNaN(time)) return new Date(namesOffset ? time : wallClock.instantOf(time));
  }
  return undefined;
}

/** Not so many that the year would have five digits, which neither Python nor databases can hold. */
function isSeconds(expiry: unknown): expiry is number {
  return typeof expiry === 'number' && Math.abs(expiry) <= 200_000_000_000;
}
