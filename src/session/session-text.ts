import { SessionValueError } from '../errors/index.js';
import { joinMembers, membersOf, readJson, writeJson } from '../signing/index.js';

/**
 * Turns the values of a session into text and back. Django's SESSION_SERIALIZER. What it writes it must also read; an
 * error thrown by `loads` makes the stored session count as corrupted.
 */
export interface SessionSerializer {
  /** The text for the values of a session. */
  dumps(value: Readonly<Record<string, unknown>>): string;
  /** The values that a text stands for: an object. */
  loads(text: string): unknown;
}

/** Says which entries a request has changed. */
export interface ChangedKeys {
  has(key: string): boolean;
}

/** The values of a session as one text. Knows nothing of signatures or stores. */
export interface SessionText {
  /** Throws when the text holds anything but an object. */
  read(text: string): Map<string, unknown>;
  /**
   * The text of `values`. With `base`, the text that they were read from, every entry that is not `changed` is copied from
   * there as it stands.
   */
  write(values: ReadonlyMap<string, unknown>, base?: string, changed?: ChangedKeys): string;
}

/**
 * JSON as Python writes it. Entries that nobody changed go back byte for byte, so what JavaScript cannot hold (`1.0`,
 * `NaN`, integers beyond 2^53) is lost neither by this application nor for a Django that shares the session.
 */
export const jsonText: SessionText = {
  read: (text) => entriesOf(readJson(text)),

  write(values, base, changed) {
    const before = base === undefined ? undefined : membersOf(base);
    const members: [string, string][] = [];
    for (const [key, value] of values) {
      const old = before?.get(key);
      if (old !== undefined && !changed?.has(key)) members.push([key, old]);
      else members.push([key, rewrite(key, value, old)]);
    }
    return joinMembers(members);
  },
};

/** The same for an application's own serializer, which always writes the whole. */
export function serializedText(serializer: SessionSerializer): SessionText {
  return {
    read: (text) => entriesOf(load(serializer, text)),
    write: (values) => serializer.dumps(Object.fromEntries(values)),
  };
}

/** What a serializer complains of may quote the text, and this error's message goes into the log. */
function load(serializer: SessionSerializer, text: string): unknown {
  try {
    return serializer.loads(text);
  } catch (cause) {
    throw new SyntaxError('The serializer cannot read what is stored.', { cause });
  }
}

function entriesOf(value: unknown): Map<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('A session must be an object.');
  }
  return new Map(Object.entries(value));
}

function rewrite(key: string, value: unknown, old: string | undefined): string {
  const text = writeJson(value);
  // Python's integers beyond 2^53 arrive rounded. Written back inside a changed value they would be another number.
  if (old !== undefined && /\d{16}/.test(old)) refuseRoundedIntegers(key, text, old);
  return text;
}

function refuseRoundedIntegers(key: string, text: string, old: string): void {
  for (const [integer] of withoutStrings(old).matchAll(/-?\d{16,}(?![\d.eE])/g)) {
    const rounded = String(Number(integer));
    if (rounded !== integer && withoutStrings(text).includes(rounded)) {
      throw new SessionValueError(
        `The session value "${key}" holds an integer beyond 2^53 that JavaScript has rounded, so writing it back would change ` +
          'it. Keep such numbers as strings, or under a key that only the other side writes.',
      );
    }
  }
}

function withoutStrings(json: string): string {
  return json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '""');
}
