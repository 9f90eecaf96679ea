import { refuse } from './refuse-cookie.js';

// Python's legal characters, and its reserved names with those that browsers have learnt since.
const LEGAL_NAME = /^[\w!#$%&'*+\-.^`|~:]+$/;
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'comment',
  'domain',
  'expires',
  'httponly',
  'max-age',
  'partitioned',
  'path',
  'priority',
  'samesite',
  'secure',
  'version',
]);
const FORBIDDEN_IN_VALUE = /[\0\r\n\p{Surrogate}]/u;
const ATTRIBUTE_VALUE = /^[ -:<-~]*$/;
const HOST_PREFIX = /^__host-/i;

/** The beginning of a name that browsers accept only with `Secure`. Browsers do not look at its case. */
export const SECURE_PREFIX = /^__(?:host|secure)-/i;

const SPELLINGS: Record<'priority' | 'sameSite', ReadonlyMap<unknown, string>> = {
  priority: new Map([
    ['low', 'Low'],
    ['medium', 'Medium'],
    ['high', 'High'],
  ]),
  sameSite: new Map([
    ['lax', 'Lax'],
    ['strict', 'Strict'],
    ['none', 'None'],
  ]),
};

/** Throws `InvalidCookieError` unless `name` may be the name of a cookie, by the rules of Python's `http.cookies`. */
export function checkName(name: string): void {
  if (typeof name !== 'string' || !LEGAL_NAME.test(name)) {
    refuse(name, 'its name is not a legal one', "Use letters, digits and the characters !#$%&'*+-.^_`|~: only");
  }
  if (RESERVED_NAMES.has(name.toLowerCase())) {
    refuse(name, 'its name is that of a cookie attribute', 'Choose another name');
  }
}

/** Throws `InvalidCookieError` unless `value` is a text without the characters that neither quoting may write. */
export function checkText(name: string, value: string): void {
  if (typeof value !== 'string') refuse(name, `its value is of type ${typeof value}`, 'Pass a string');
  if (FORBIDDEN_IN_VALUE.test(value)) {
    refuse(name, 'its value holds CR, LF, NUL or half of a surrogate pair', 'Remove them or encode the value');
  }
}

/**
 * Gives the spelling of `priority` or `sameSite` on the wire, whatever the case of the option; undefined when it is not
 * to be sent. Throws `InvalidCookieError` for an unknown one.
 */
export function spell(name: string, option: 'priority' | 'sameSite', value: unknown): string | undefined {
  if (!value) return undefined;
  const spelling = SPELLINGS[option].get(typeof value === 'string' ? value.toLowerCase() : value);
  if (spelling) return spelling;
  const known = [...SPELLINGS[option].keys()].map((key) => `'${String(key)}'`).join(', ');
  refuse(name, `its ${option} ${JSON.stringify(String(value))} is unknown`, `Choose one of ${known}`);
}

interface Attributes {
  path: string;
  domain?: string;
  secure?: boolean;
  sameSite?: string;
  partitioned?: boolean;
}

/** Throws `InvalidCookieError` for attributes that break the header, or with which browsers drop the cookie. */
export function checkBrowserRules(name: string, { path, domain, secure, sameSite, partitioned }: Attributes): void {
  checkAttributeValue(name, 'path', path);
  checkAttributeValue(name, 'domain', domain);
  if (!secure) {
    if (SECURE_PREFIX.test(name)) refuse(name, 'the prefix of its name requires Secure', 'Pass secure: true');
    if (sameSite === 'None') refuse(name, 'SameSite=None requires Secure', 'Pass secure: true, or another sameSite');
    if (partitioned) refuse(name, 'Partitioned requires Secure', 'Pass secure: true');
  }
  if ((path !== '/' || domain) && HOST_PREFIX.test(name)) {
    refuse(name, 'the prefix __Host- requires the path "/" and no domain', 'Leave both out, or choose another name');
  }
}

function checkAttributeValue(name: string, attribute: 'path' | 'domain', value: unknown): void {
  if (!value || (typeof value === 'string' && ATTRIBUTE_VALUE.test(value))) return;
  refuse(name, `its ${attribute} holds a character that a header cannot carry`, 'Use printable ASCII without ";"');
}
