import { utcClock, type WallClock } from './wall-clock.js';

/** How a session keeps an expiry that is an instant. */
export interface ExpiryFormat {
  /** @param now in milliseconds */
  write(expiry: Date, now: number): number | string;
  /** Tells the instant of a text that names no offset from UTC. */
  readonly wallClock: WallClock;
}

/** As Django writes it since 4.1, with `USE_TZ = True`. */
export const utcExpiry: ExpiryFormat = { write: pythonIsoFormat, wallClock: utcClock };

/** As Django writes it since 4.1, with `USE_TZ = False`: local time, which names no offset. */
export function localExpiry(wallClock: WallClock): ExpiryFormat {
  const write = (expiry: Date): string =>
    pythonIsoFormat(new Date(wallClock.readingAt(expiry.getTime()))).replace(/\+00:00$/, '');
  return { write, wallClock };
}

/**
 * Whole seconds from each save, for a Django before 4.1, which fails to save a session with a text here. They are never 0,
 * which would stand for the end of the browser.
 */
export function secondsExpiry(wallClock: WallClock): ExpiryFormat {
  const write = (expiry: Date, now: number): number => {
    const seconds = (expiry.getTime() - now) / 1000;
    return seconds > 0 ? Math.ceil(seconds) : Math.min(Math.floor(seconds), -1);
  };
  return { write, wallClock };
}

/** As Python's `isoformat()` writes it: no `Z`, which Python before 3.11 cannot read, and six digits or none. */
export function pythonIsoFormat(date: Date): string {
  const milliseconds = date.getTime() % 1000;
  return date
    .toISOString()
    .replace(/\.\d{3}Z$/, (fraction) => (milliseconds ? `${fraction.slice(0, 4)}000` : '') + '+00:00');
}
