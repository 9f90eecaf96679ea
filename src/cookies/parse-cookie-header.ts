const NOT_ASCII = /[\u0080-\uffff]/;
const NOT_LATIN1 = /[\u0100-\uffff]/;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * Gives the values of each name in a `Cookie` header, in order of appearance and as they came: nothing is unquoted or
 * percent-decoded. Splits as Django's `parse_cookie` does: quotes do not protect a `;`, the first `=` ends the name, and
 * a cookie without a name is kept under `''`. Never throws, and takes time in proportion to the header's length.
 *
 * Around names and values only spaces and tabs go, not the spaces of Unicode as in Django: a browser takes U+2000 before
 * `__Host-` for a part of the name, and lets any subdomain set such a cookie.
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
  return code === SPACE || code === TAB;
}
