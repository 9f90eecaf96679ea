import type { Session } from 'nest-sessions';

/** What a request did to one entry. A value is null before it was added and after it was removed. */
export interface Change {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The entries of a session as JSON in one line, with room to wrap it. Names that begin with `_` are the library's own. */
export type Entries = ReadonlyMap<string, string>;

export function entriesOf(session: Pick<Session, 'entries'>): Entries {
  const own = session.entries().filter(([name]) => !name.startsWith('_'));
  return new Map(own.map(([name, value]) => [name, JSON.stringify(value, null, 1).replace(/\n */g, ' ')]));
}

/** Enough to show, and little enough for a session that is kept in a cookie. */
const MOST = 5;
const LONGEST = 80;

export function changesBetween(before: Entries, after: Entries): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .slice(0, MOST)
    .map((name) => ({
      name: shortened(name),
      before: shortened(before.get(name)),
      after: shortened(after.get(name)),
    }));
}

export function shortened(text: string): string;
export function shortened(text: string | undefined): string | null;
export function shortened(text: string | undefined): string | null {
  if (text === undefined) return null;
  const letters = [...text];
  return letters.length <= LONGEST ? text : `${letters.slice(0, LONGEST).join('')}…`;
}
