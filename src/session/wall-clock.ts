/**
 * What the clocks on the wall show at an instant. Both sides are milliseconds: those of the instant since 1970, and those
 * that the reading would have if it were UTC.
 */
export interface WallClock {
  /** What is shown at an instant. */
  readingAt(instant: number): number;
  /** The instant at which that is shown; the earlier one of two. */
  instantOf(reading: number): number;
}

export const utcClock: WallClock = { readingAt: (instant) => instant, instantOf: (reading) => reading };

const DAY = 24 * 60 * 60 * 1000;

/** The wall clock of an IANA time zone such as `Europe/Oslo`. Throws a RangeError for a zone that there is not. */
export function wallClockOf(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });

  const readingAt = (instant: number): number => {
    const part: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
    const millisecond = ((instant % 1000) + 1000) % 1000;
    return Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  };
  const offsetAt = (instant: number): number => readingAt(instant) - instant;

  return {
    readingAt,

    /**
     * When the clocks are put back an hour is read twice: the first counts. When they are put forward an hour is never
     * read, but Python computes it: the clock before counts. Both as in Python.
     */
    instantOf(reading) {
      const before = reading - offsetAt(reading - DAY);
      const after = reading - offsetAt(reading + DAY);
      const isRead = (instant: number): boolean => readingAt(instant) === reading;
      return !isRead(before) && isRead(after) ? after : before;
    },
  };
}
