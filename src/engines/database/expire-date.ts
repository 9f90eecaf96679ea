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

/** Of later years the text would be longer, and SQLite compares text. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Django's text of an instant: `2023-11-14 22:13:20.250000` in UTC, without microseconds when there are none. */
function toUtcText(instant: number): string {
  const text = new Date(Math.min(instant, LAST_INSTANT)).toISOString();
  const seconds = `${text.slice(0, 10)} ${text.slice(11, 19)}`;
  return text.endsWith('.000Z') ? seconds : `${seconds}${text.slice(19, -1)}000`;
}

function fromUtcText(text: unknown): Date {
  return new Date(`${String(text).replace(' ', 'T')}Z`);
}

/** PostgreSQL's `timestamptz`. */
export const instantColumn: ExpireDateFormat = {
  write: (instant) => `${toUtcText(instant)}+00`,
  select: (column) => `extract(epoch FROM ${column})`,
  read: (seconds) => new Date(Math.round(Number(seconds) * 1000)),
};

/** MySQL's `datetime(6)`, holding UTC. */
export const utcDatetimeColumn: ExpireDateFormat = {
  write: toUtcText,
  select: (column) => `CAST(${column} AS CHAR)`,
  read: fromUtcText,
};

/** SQLite's text, in UTC. */
export const utcTextColumn: ExpireDateFormat = { write: toUtcText, select: (column) => column, read: fromUtcText };
