import { decodeCookieValue } from '../../../src/cookies/cookie-value.js';
import { parseCookieHeader } from '../../../src/cookies/parse-cookie-header.js';
import { vectors } from '../../support/vectors.js';

/** The header as Node hands it over: one character a byte. */
function asReceived(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function parse(header: string): Record<string, readonly string[]> {
  return Object.fromEntries(parseCookieHeader(asReceived(header)));
}

/** What Django's `request.COOKIES` holds: the last of duplicates, unquoted. */
function asDjango(header: string): [string, string][] {
  return Array.from(parseCookieHeader(header), ([name, values]) => [name, decodeCookieValue(values.at(-1)!, 'python')]);
}

describe('parseCookieHeader', () => {
  it.each<{ header: string; parsed: object }>(vectors.parse_cookie)('splits $header as Django does', (row) => {
    expect(asDjango(asReceived(row.header))).toEqual(Object.entries(row.parsed));
  });

  it.each<{ bytes_hex: string; COOKIES: object }>(vectors.cookie_header_decoding)(
    'reads the bytes $bytes_hex as UTF-8, as Django does',
    (row) => {
      expect(asDjango(Buffer.from(row.bytes_hex, 'hex').toString('latin1'))).toEqual(Object.entries(row.COOKIES));
    },
  );

  it('gives no cookies for a header that is missing or empty', () => {
    expect(parseCookieHeader(undefined).size).toBe(0);
    expect(parseCookieHeader('').size).toBe(0);
    expect(parse(' ; ;= ; =')).toEqual({});
  });

  it('keeps all values of a name, in order of appearance', () => {
    expect(parse('a=1; b=x; a=2; a=; a=1')).toEqual({ a: ['1', '2', '', '1'], b: ['x'] });
  });

  it('keeps the order in which names appear', () => {
    expect([...parseCookieHeader('b=1; a=2; b=3').keys()]).toEqual(['b', 'a']);
  });

  it('leaves quotes, escapes and percent signs to the reader of the value', () => {
    expect(parse('a="b\\054c"; d=%20')).toEqual({ a: ['"b\\054c"'], d: ['%20'] });
  });

  it('keeps a cookie without a name under the empty name', () => {
    expect(parse('unnamed; =b')).toEqual({ '': ['unnamed', 'b'] });
  });

  it('takes names that JavaScript objects know for ordinary ones', () => {
    const cookies = parseCookieHeader('__proto__=a; constructor=b; toString=c');
    expect([...cookies]).toEqual([
      ['__proto__', ['a']],
      ['constructor', ['b']],
      ['toString', ['c']],
    ]);
    expect(cookies.get('hasOwnProperty')).toBeUndefined();
  });

  it('strips spaces and tabs from names and values', () => {
    expect(parse(' \t a \t = \t b \t c \t ')).toEqual({ a: ['b \t c'] });
  });

  it.each([
    ['the separators U+001C to U+001F', '\x1c\x1d\x1e\x1f'],
    ['line feed, vertical tab, form feed and carriage return', '\n\v\f\r'],
    ['the no-break space', '\u00a0'],
    ['next line', '\u0085'],
    ['the wide spaces', '\u1680\u2000\u2009\u200a\u2028\u2029\u202f\u205f\u3000'],
    ['the byte order mark', '\ufeff'],
  ])('takes %s for a part of names and values, as browsers do when they look for __Host-', (_, space) => {
    expect(parse(`${space}__Host-a=${space}b`)).toEqual({ [`${space}__Host-a`]: [`${space}b`] });
  });

  it('replaces bytes that are not UTF-8', () => {
    expect([...parseCookieHeader('a=\xe9; b=\xc3\xa9; c=\xf0\x9f\x98')]).toEqual([
      ['a', ['\ufffd']],
      ['b', ['é']],
      ['c', ['\ufffd']],
    ]);
  });

  it('takes a header that was decoded before as it is', () => {
    expect(parseCookieHeader('a=清é').get('a')).toEqual(['清é']);
  });

  describe('with 1 MB of', () => {
    const MEGABYTE = 2 ** 20;

    it.each([
      ['semicolons', ';', 0],
      ['equals signs', '=', 1],
      ['empty pairs', '=;', 0],
      ['spaces', ' ', 0],
      ['spaces and semicolons', ' \t;', 0],
      ['quotes', '"', 1],
      ['unnamed cookies', 'a;', 1],
      ['one name over and over', '__proto__=1;', 1],
      ['bytes that are not UTF-8', '\xff', 1],
    ])('%s ends soon', (_, piece, names) => {
      expect(parseCookieHeader(piece.repeat(MEGABYTE / piece.length)).size).toBe(names);
    });

    it('different names keeps them all', () => {
      const header = Array.from({ length: 100_000 }, (_, index) => `name${index}=v`).join('; ');
      expect(parseCookieHeader(header).size).toBe(100_000);
    });

    it('spaces inside a value keeps them', () => {
      const value = `b${' '.repeat(MEGABYTE)}c`;
      expect(parse(`a=${value}`)).toEqual({ a: [value] });
    });
  });
});
