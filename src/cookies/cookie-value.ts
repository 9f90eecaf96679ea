import { checkText } from './cookie-rules.js';
import { refuse } from './refuse-cookie.js';

/**
 * How a cookie's value is written where the cookie grammar forbids one of its characters: `'percent'` as the
 * percent-encoding of its UTF-8 bytes, `'python'` in the quotes of Python's `http.cookies`, as Django does.
 */
export type CookieQuoting = 'percent' | 'python';

// The cookie-octet of RFC 6265 without "%", which begins an escape.
const PERCENT_LEGAL = /^[!#$&-+\--:<-[\]-~]*$/;
const PERCENT_ESCAPED = /[^!#$&-+\--:<-[\]-~]+/g;

// Python's _LegalChars and _UnescapedChars.
const PYTHON_LEGAL = /^[\w!#$%&'*+\-.^`|~:]+$/;
const PYTHON_ESCAPED = /[^\w!#$%&'*+\-.^`|~: ()/<=>?@[\]{}]/g;
// Without groups, which would make a value of nothing but escapes cost several times as much.
const PYTHON_ESCAPE = /\\[0-3][0-7][0-7]|\\[^\n]/g;

const BEYOND_LATIN1 = /[\u0100-\uffff]/;

/**
 * Writes a value for the wire, always as plain ASCII. {@link decodeCookieValue} reads it back equal.
 * Throws `InvalidCookieError` for CR, LF, NUL and halves of a surrogate pair, and with Python's quotes for characters
 * above U+00FF, which they cannot express. `name` is for that error's message.
 */
export function encodeCookieValue(value: string, quoting: CookieQuoting, name = ''): string {
  const legal = quoting === 'percent' ? PERCENT_LEGAL : PYTHON_LEGAL;
  if (typeof value === 'string' && legal.test(value)) return value;
  checkText(name, value);
  if (quoting === 'percent') return value.replace(PERCENT_ESCAPED, encodeURIComponent);
  if (BEYOND_LATIN1.test(value)) {
    refuse(name, "its value holds a character above U+00FF, which Python's quotes cannot express", 'Encode the value');
  }
  return `"${value.replace(PYTHON_ESCAPED, escapeForPython)}"`;
}

/**
 * Reads a raw value from a `Cookie` header and never throws. Python's quotes are taken off in either mode; `'percent'`
 * then decodes percent signs, unless one of them begins no valid UTF-8: such a value is left as it is.
 */
export function decodeCookieValue(raw: string, quoting: CookieQuoting): string {
  const value = unquote(raw);
  if (quoting === 'python' || !value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function escapeForPython(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  // Django's octal escapes are code points, not bytes of UTF-8.
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

/** Python's `http.cookies._unquote`. */
function unquote(raw: string): string {
  if (raw.length < 2 || !raw.startsWith('"') || !raw.endsWith('"')) return raw;
  return raw.slice(1, -1).replace(PYTHON_ESCAPE, unescapeForPython);
}

function unescapeForPython(escape: string): string {
  return escape.length === 2 ? escape.charAt(1) : String.fromCharCode(Number.parseInt(escape.slice(1), 8));
}
