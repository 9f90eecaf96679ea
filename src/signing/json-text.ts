import { randomUUID } from 'node:crypto';
import { SessionValueError } from '../errors/usage.errors.js';

const NOT_ASCII = /[\u007f-\uffff]/;
const EACH_NOT_ASCII = new RegExp(NOT_ASCII, 'g');
const EACH_CONSTANT = /NaN|-?Infinity/g;

/** Stands before a constant of Python's on its way through JSON. Random, so that no text of a user can look like it. */
const MARK = randomUUID();
const EACH_MARKED = new RegExp(`"${MARK}(NaN|-?Infinity)"`, 'g');

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * JSON as Python's `json.dumps(value, separators=(",", ":"))` writes it: pure ASCII, with `NaN`, `Infinity` and
 * `-Infinity` for the numbers that JSON lacks. Numbers are otherwise written as JavaScript does (`1`, not `1.0`).
 *
 * @throws SessionValueError for undefined, a function or a symbol. TypeError for a BigInt or a cycle, as JSON.stringify.
 */
export function writeJson(value: unknown): string {
  let text: string | undefined = JSON.stringify(value);
  if (text === undefined) {
    throw new SessionValueError(`JSON cannot hold a value of type ${typeof value}. Use null, or a plain value.`);
  }
  // JSON.stringify writes null for NaN and the infinities, so only then need it be told what to write instead.
  if (text.includes('null')) text = JSON.stringify(value, markConstant).replace(EACH_MARKED, '$1');
  return NOT_ASCII.test(text) ? text.replace(EACH_NOT_ASCII, escapeCharacter) : text;
}

/**
 * What JSON text says, also when Python wrote `NaN`, `Infinity` or `-Infinity` into it. `__proto__` is an ordinary key,
 * and of equal keys the last counts.
 *
 * @throws SyntaxError when the text is not JSON. Unlike JSON.parse's, its message never quotes the text.
 */
export function readJson(text: string): unknown {
  return parse(text, (constant) => `["${MARK}${constant}"]`, reviveConstant);
}

/**
 * The members of a JSON object, each value as the very text that stands there: `1.0`, `-0.0`, `1e+16`, `NaN` and
 * integers beyond 2^53 survive a rewrite by {@link joinMembers} although JavaScript could not hold them. Of equal keys
 * the last counts. Takes time in proportion to the text, however deep it nests.
 *
 * @throws SyntaxError when the text is not JSON, or not an object.
 */
export function splitMembers(text: string): Map<string, string> {
  if (text.charCodeAt(skipSpace(text, 0)) !== OPEN_OBJECT) throw new SyntaxError('The text is not a JSON object.');
  parse(text, () => ' null ');
  return membersOf(text);
}

/** {@link splitMembers} for a text that is known to be a JSON object, which is all that makes this simple scan right. */
export function membersOf(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text.charCodeAt(at) === QUOTE) {
    const endOfKey = endOfString(text, at);
    const start = skipSpace(text, skipSpace(text, endOfKey) + 1);
    const end = endOfValue(text, start);
    members.set(JSON.parse(text.slice(at, endOfKey)), text.slice(start, end).trimEnd());
    at = skipSpace(text, end + 1);
  }
  return members;
}

/** A JSON object of these members, each value being JSON text already. */
export function joinMembers(members: Iterable<readonly [string, string]>): string {
  let text = '';
  for (const [key, value] of members) text += `${text === '' ? '' : ','}${writeJson(key)}:${value}`;
  return `{${text}}`;
}

function markConstant(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `${MARK}${value}` : value;
}

/** Undoes the mark of {@link readJson}, an array because an array cannot pass for a key. */
function reviveConstant(_key: string, value: unknown): unknown {
  if (!Array.isArray(value) || value.length !== 1) return value;
  const [only] = value as unknown[];
  return typeof only === 'string' && only.startsWith(MARK) ? Number(only.slice(MARK.length)) : value;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function parse(
  text: string,
  replaceConstant: (constant: string) => string,
  revive?: (key: string, value: unknown) => unknown,
): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(replaceConstants(text, replaceConstant), revive);
    } catch {
      throw new SyntaxError('The text is not JSON.');
    }
  }
}

/** Replaces Python's constants wherever they stand outside of strings. */
function replaceConstants(text: string, replace: (constant: string) => string): string {
  let replaced = '';
  let at = 0;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    const open = quote === -1 ? text.length : quote;
    const end = endOfString(text, open);
    replaced += text.slice(at, open).replace(EACH_CONSTANT, replace) + text.slice(open, end);
    at = end;
  }
  return replaced;
}

/** Where the string that opens at `open` is over: behind its closing quote, or at the end of the text. */
function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before--;
    const isEscaped = (quote - before) % 2 === 0;
    if (!isEscaped) return quote + 1;
  }
  return text.length;
}

/** Where a member's value is over: at the comma or the brace that follows it. */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at) - 1;
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) depth++;
    else if (depth === 0 && (code === COMMA || code === CLOSE_OBJECT)) return at;
    else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth--;
  }
  return text.length;
}

function skipSpace(text: string, at: number): number {
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) code = text.charCodeAt(++at);
  return at;
}
