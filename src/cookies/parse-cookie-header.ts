const NOT_ASCII = /[\u0080-\uffff]/;
const NOT_LATIN1 = /[\u0100-\uffff]/;

// What Python's str.strip removes; JavaScript's trim knows U+FEFF instead of U+001C to U+001F and U+0085.
const SPACES: ReadonlySet<number> = new Set([
  0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003,
  0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000,
]);

/**
 * Gives the values of each name in a `Cookie` header, in order of appearance and as they came: nothing is unquoted or
 * percent-decoded. Splits as Django's `parse_cookie` does: quotes do not protect a `;`, the first `=` ends the name, and
 * a cookie without a name is kept under `''`. Never throws, and takes time in proportion to the header's length.
 *
 * The header is taken as Node hands it over, one character a byte, and read as UTF-8 with U+FFFD for invalid bytes.
 */
export function parseCookieHeader(header: string | undefined): ReadonlyMap<string, readonly string[]> {
  const cookies = new Map<string, string[]>();
  if (!header) return cookies;
  for (const chunk of decodeUtf8(header).split(';')) {
    const equals = chunk.indexOf('=');
    const name = equals === -1 ? '' : strip(chunk, 0, equals);
    const value = strip(chunk, equals + 1, chunk.length);
    if (name === '' && value === '') continue;
    const values = cookies.get(name);
    if (values) values.push(value);
    else cookies.set(name, [value]);
  }
  return cookies;
}

function decodeUtf8(header: string): string {
  // A character above U+00FF is no byte: the header was decoded before, as test injectors and serverless adapters do.
  if (!NOT_ASCII.test(header) || NOT_LATIN1.test(header)) return header;
  return Buffer.from(header, 'latin1').toString('utf8');
}

function strip(text: string, start: number, end: number): string {
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  // Most characters are plain ones, and comparing them is cheaper than looking them up.
  return (code <= 0x20 || code >= 0x85) && SPACES.has(code);
}
