import { utcClock, type WallClock } from '../../session/wall-clock.js';

/**
 * How an instant is written into the column `expire_date` and read back. It goes both ways as text or as a number, so that
 * no driver setting (`timezone`, `dateStrings`), no type parser and no time zone of a connection can shift it.
 */
export interface ExpireDateFormat {
  /** What a statement gets as its parameter, to be stored and to be compared with. */
  write(instant: number): string;
  /** The expression that a SELECT asks for instead of the column. */
  select(column: string): string;
  /** The instant that the selected value stands for. */
  read(selected: unknown): Date;
}

/** How a database keeps an instant, given the wall clock that its column follows where it holds no time zone. */
export type ExpireDateColumn = (wallClock: WallClock) => ExpireDateFormat;

/** Before it the text would begin with a sign, after it the year would be longer, and SQLite compares text. */
const FIRST_READING = Date.parse('0001-01-01T00:00:00Z');
const LAST_READING = Date.parse('9999-12-31T23:59:59.999Z');

/** Django's text of an instant: `2023-11-14 22:13:20.250000`, without microseconds when there are none. */
function toText(instant: number, { readingAt }: WallClock): string {
  const reading = Math.min(Math.max(readingAt(instant), FIRST_READING), LAST_READING);
  const text = new Date(reading).toISOString();
  const seconds = `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  return text.endsWith('.000Z') ? seconds : `${seconds}${text.slice(19, -1)}000`;
}

function fromText(text: unknown, { instantOf }: WallClock): Date {
  return new Date(instantOf(Date.parse(`${String(text).replace(' ', 'T')}Z`)));
}

/** PostgreSQL's `timestamptz`, which holds an instant whatever the time zone. */
export const instantColumn: ExpireDateColumn = () => ({
  write: (instant) => `${toText(instant, utcClock)}+00`,
  select: (column) => `extract(epoch FROM ${column})`,
  read: (seconds) => new Date(Math.round(Number(seconds) * 1000)),
});

/** MySQL's `datetime(6)`. */
export const datetimeColumn: ExpireDateColumn = (wallClock) => ({
  ...textColumn(wallClock),
  select: (column) => `CAST(${column} AS CHAR)`,
});

/** SQLite's text. */
export const textColumn: ExpireDateColumn = (wallClock) => ({
  write: (instant) => toText(instant, wallClock),
  select: (column) => column,
  read: (text) => fromText(text, wallClock),
});
