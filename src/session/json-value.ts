import { SessionValueError } from '../errors/index.js';

/** Far beyond any document, and far below where `JSON.stringify` runs out of stack. */
const MAX_DEPTH = 1000;

/** How much of a path a message shows, in characters. */
const SHOWN_PATH = 200;

interface Flaw {
  /** From the value to the flaw, as in `[0].addedAt`. */
  readonly path: string;
  readonly what: string;
  readonly cure: string;
}

/**
 * Throws {@link SessionValueError}, naming the key and the path, unless JSON gives `value` back as it is. Accepted are
 * null, booleans, finite numbers, strings, arrays and plain objects of these, nested up to 1000 levels deep.
 */
export function assertJsonValue(key: string, value: unknown): void {
  const found = findFlaw(value, []);
  if (found === undefined) return;
  const path = key + found.path;
  const shown = path.length > SHOWN_PATH ? `${path.slice(0, SHOWN_PATH)}…` : path;
  throw new SessionValueError(
    `The session value "${key}" holds ${found.what} at ${shown}, which JSON would change or drop. ${found.cure}`,
  );
}

function findFlaw(value: unknown, ancestors: object[]): Flaw | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : flaw(String(value), 'Store null or a string in its place.');
    case 'object':
      return value === null ? undefined : findFlawInside(value, ancestors);
    case 'undefined':
      return flaw('undefined', 'Leave it out, store null, or delete the key.');
    case 'bigint':
      return flaw('a BigInt', 'Store it as a string.');
    default:
      return flaw(`a ${typeof value}`, 'Store plain data only.');
  }
}

function findFlawInside(value: object, ancestors: object[]): Flaw | undefined {
  if (ancestors.includes(value)) return flaw('an object that contains itself', 'Store a copy without the cycle.');
  if (ancestors.length === MAX_DEPTH) return flaw(`more than ${MAX_DEPTH} levels of nesting`, 'Store it flatter.');
  ancestors.push(value);
  const found = Array.isArray(value) ? findFlawInItems(value, ancestors) : findFlawInMembers(value, ancestors);
  ancestors.pop();
  return found;
}

function findFlawInItems(items: readonly unknown[], ancestors: object[]): Flaw | undefined {
  for (let index = 0; index < items.length; index++) {
    const found = findFlaw(items[index], ancestors);
    if (found !== undefined) return { ...found, path: `[${index}]${found.path}` };
  }
  return undefined;
}

function findFlawInMembers(value: object, ancestors: object[]): Flaw | undefined {
  if (!isPlain(value)) return flaw(describeInstance(value), cureFor(value));
  for (const [name, member] of Object.entries(value)) {
    const found = findFlaw(member, ancestors);
    if (found !== undefined) return { ...found, path: `.${name}${found.path}` };
  }
  return undefined;
}

function flaw(what: string, cure: string): Flaw {
  return { path: '', what, cure };
}

/** Also true for objects of another realm, whose Object.prototype is not ours. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describeInstance(value: object): string {
  const name = value.constructor?.name;
  return name ? `a ${name}` : 'a class instance';
}

function cureFor(value: object): string {
  if (value instanceof Date) return 'Store date.toISOString() or date.getTime().';
  if (value instanceof Map) return 'Store Object.fromEntries(map) or [...map].';
  if (value instanceof Set) return 'Store [...set].';
  if (value instanceof Promise) return 'Await it first.';
  return 'Store a plain object, e.g. { ...instance }.';
}
