import { type CookieQuoting, decodeCookieValue, encodeCookieValue } from '../../../src/cookies/cookie-value.js';
import { parseCookieHeader } from '../../../src/cookies/parse-cookie-header.js';
import { InvalidCookieError } from '../../../src/errors/index.js';
import { vectors } from '../../support/vectors.js';

const COOKIE_OCTETS = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;
const PRINTABLE_WITHOUT_SEMICOLON = /^[ -:<-~]*$/;

function* everyCharacter(): Generator<string> {
  for (let code = 0; code < 0x3000; code++) yield String.fromCodePoint(code);
  for (const code of [0xd7ff, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xfeff, 0xfffd, 0xffff]) {
    yield String.fromCodePoint(code);
  }
  for (let code = 0x10000; code <= 0x10ffff; code += 0x1fff) yield String.fromCodePoint(code);
}

function isRefused(character: string, quoting: CookieQuoting): boolean {
  return /[\0\r\n\p{Surrogate}]/u.test(character) || (quoting === 'python' && character.codePointAt(0)! > 0xff);
}

/** Takes a raw value through a header, as a browser would. */
function throughBrowser(raw: string, quoting: CookieQuoting): string | undefined {
  const cookies = parseCookieHeader(`before=1; k=${raw}; after=2`);
  return cookies.size === 3 ? decodeCookieValue(cookies.get('k')![0]!, quoting) : undefined;
}

/** What becomes of a value that is written and read. */
function fate(value: string, quoting: CookieQuoting, legal: RegExp): 'equal' | 'changed' | 'illegal' | 'refused' {
  let raw: string;
  try {
    raw = encodeCookieValue(value, quoting);
  } catch (error) {
    if (error instanceof InvalidCookieError) return 'refused';
    throw error;
  }
  if (!legal.test(raw)) return 'illegal';
  return throughBrowser(raw, quoting) === value ? 'equal' : 'changed';
}

describe.each<[CookieQuoting, RegExp]>([
  ['percent', COOKIE_OCTETS],
  ['python', PRINTABLE_WITHOUT_SEMICOLON],
])('a cookie value in %s quoting', (quoting, legal) => {
  it('reads back equal or is refused, whatever character it holds and wherever', () => {
    const surprises: [string, string][] = [];
    for (const character of everyCharacter()) {
      const expected = isRefused(character, quoting) ? 'refused' : 'equal';
      for (const value of [
        character,
        `${character}a`,
        `a${character}`,
        `"${character}"`,
        `a${character}${character}b`,
      ]) {
        const actual = fate(value, quoting, legal);
        if (actual !== expected) surprises.push([value, actual]);
      }
    }
    expect(surprises).toEqual([]);
  });

  it.each([
    '"',
    '""',
    '"""',
    '"quoted"',
    '\\',
    '\\\\',
    '"\\',
    '\\"',
    '"\\"',
    '"\\054"',
    '\\054',
    '%',
    '%%',
    '%2',
    '%zz',
    '%22%22',
    '"%22"',
    '%25',
    '%2525',
    '%C3%A9',
    '%FF',
    ' ',
    '  both  ',
    ';',
    'a;b=c',
    'a=b',
    ',',
    '\t',
    '\x7f\x85\xa0',
    '{"a":["b\\\\c"]}',
    'eyJhIjoxfQ:1r31eq:AJu16St_lXmPR35BcDlMtqC8Z-L-JTNezUHSXtss5hs',
  ])('reads back %j', (value) => {
    expect(throughBrowser(encodeCookieValue(value, quoting), quoting)).toBe(value);
  });

  it.each(['', 'plain', 'a:b', "!#$&'*+-.^_`|~:", 'eyJhIjoxfQ:1r31eq:AJu16St_lXmPR35BcDlMtqC8Z-L-JTNezUHSX'])(
    'reads back %j, and alters no character of it on the wire',
    (value) => {
      expect(encodeCookieValue(value, quoting).replaceAll('"', '')).toBe(value);
      expect(throughBrowser(encodeCookieValue(value, quoting), quoting)).toBe(value);
    },
  );

  it.each([
    ['a carriage return', 'secret\r'],
    ['a line feed', 'secret\n'],
    ['a NUL', '\0secret'],
    ['a header injection', 'secret\r\nSet-Cookie: x=y'],
    ['the first half of a surrogate pair', 'secret\ud83d'],
    ['the second half of a surrogate pair', '\ude00secret'],
    ['a surrogate pair the wrong way round', '\ude00\ud83dsecret'],
  ])('is refused with %s, without a word of it in the message', (_, value) => {
    const encode = () => encodeCookieValue(value, quoting, 'theme');
    expect(encode).toThrow(InvalidCookieError);
    expect(encode).toThrow(
      /^The cookie "theme" was refused: its value holds CR, LF, NUL or half of a surrogate pair\./,
    );
    expect(encode).not.toThrow('secret');
  });

  it.each([[42], [null], [undefined], [true], [{ toString: () => 'a' }], [['a']], [Symbol('a')]])(
    'is refused when it is no string: %p',
    (value) => {
      expect(() => encodeCookieValue(value as string, quoting)).toThrow(InvalidCookieError);
    },
  );

  it('is read in one pass when it is 1 MB of backslashes in quotes', () => {
    const raw = `"${'\\\\'.repeat(2 ** 19)}"`;
    expect(decodeCookieValue(raw, quoting)).toBe('\\'.repeat(2 ** 19));
    expect(decodeCookieValue(`"${'\\101'.repeat(2 ** 18)}"`, quoting)).toBe('A'.repeat(2 ** 18));
  });
});

describe('python quoting', () => {
  const differences = [
    { difference: 'CR and LF are refused', applies: (value: string) => /[\r\n]/.test(value) },
    { difference: 'what Django cannot send is refused', applies: (value: string) => /[^\0-\xff]/.test(value) },
  ];
  const rows: { value: string; pair: string; parsed_back: { k: string } }[] = vectors.cookie_quoting;

  it.each(rows)('treats $value as Django does, or refuses it by design', ({ value, pair, parsed_back }) => {
    if (differences.some(({ applies }) => applies(value))) {
      expect(() => encodeCookieValue(value, 'python')).toThrow(InvalidCookieError);
    } else {
      expect(`k=${encodeCookieValue(value, 'python')}`).toBe(pair);
    }
    expect(decodeCookieValue(pair.slice(2), 'python')).toBe(parsed_back.k);
  });

  it.each(differences)('differs from Django in that $difference', ({ applies }) => {
    expect(rows.filter(({ value }) => applies(value))).not.toHaveLength(0);
  });

  it('writes octal escapes of code points, not of UTF-8 bytes', () => {
    expect(encodeCookieValue('é', 'python')).toBe('"\\351"');
    expect(decodeCookieValue('"\\303\\251"', 'python')).toBe('Ã©');
  });

  it('writes an empty value as two quotes', () => {
    expect(encodeCookieValue('', 'python')).toBe('""');
  });

  it('reads the line breaks that it refuses to write', () => {
    expect(decodeCookieValue('"a\\015\\012b\\000"', 'python')).toBe('a\r\nb\0');
  });

  it.each(['%20', '%', 'a%3Bb', '"%41"'])('decodes no percent sign: %j', (raw) => {
    expect(decodeCookieValue(raw, 'python')).toBe(raw.replaceAll('"', ''));
  });

  it.each([
    ['a lone quote', '"', '"'],
    ['a quote at one end only', '"a', '"a'],
    ['two quotes', '""', ''],
    ['a backslash outside of quotes', 'a\\054b', 'a\\054b'],
    ['a lone backslash in quotes', '"\\"', '\\'],
    ['a backslash at the end', '"a\\\\\\"', 'a\\\\'],
    ['an escape above \\377', '"\\400"', '400'],
    ['an escape that is not octal', '"\\08"', '08'],
    ['an escaped letter', '"\\x"', 'x'],
    ['an escaped line separator', '"\\\u2028"', '\u2028'],
    ['an escaped line feed, which Python leaves alone', '"\\\n"', '\\\n'],
  ])('reads %s as Python does', (_, raw, value) => {
    expect(decodeCookieValue(raw, 'python')).toBe(value);
  });

  it('says which characters it cannot write', () => {
    expect(() => encodeCookieValue('清', 'python', 'k')).toThrow(/above U\+00FF/);
  });
});

describe('percent quoting', () => {
  it.each([
    ['a b', 'a%20b'],
    ['"quoted"', '%22quoted%22'],
    ['a,b;c\\d', 'a%2Cb%3Bc%5Cd'],
    ['100%', '100%25'],
    ['a%3Bb', 'a%253Bb'],
    ['Bjørn 清風 😀', 'Bj%C3%B8rn%20%E6%B8%85%E9%A2%A8%20%F0%9F%98%80'],
    ['\t\x7f', '%09%7F'],
    ["!#$&'()*+-./:<=>?@[]^_`{|}~", "!#$&'()*+-./:<=>?@[]^_`{|}~"],
    ['', ''],
  ])('writes %j as %j: only what the cookie grammar forbids is encoded', (value, raw) => {
    expect(encodeCookieValue(value, 'percent')).toBe(raw);
  });

  it.each([
    ['a sign without digits', '100%'],
    ['digits that are none', 'a%zzb'],
    ['a byte that is not UTF-8', '%FF'],
    ['half of a character', '%C3'],
    ['half of a surrogate pair', '%ED%A0%80'],
    ['a right sequence beside a wrong one', '%20%'],
  ])('leaves a value with %s as it is', (_, raw) => {
    expect(decodeCookieValue(raw, 'percent')).toBe(raw);
    expect(decodeCookieValue(`"${raw}"`, 'percent')).toBe(raw);
  });

  it('reads what Django wrote, in quotes or not', () => {
    for (const { value, pair } of vectors.cookie_quoting as { value: string; pair: string }[]) {
      if (!value.includes('%')) expect(decodeCookieValue(pair.slice(2), 'percent')).toBe(value);
    }
  });

  it('takes quotes off before it decodes, never after', () => {
    expect(decodeCookieValue('%22a%22', 'percent')).toBe('"a"');
    expect(decodeCookieValue('"%22a%22"', 'percent')).toBe('"a"');
    expect(decodeCookieValue('%22a\\054%22', 'percent')).toBe('"a\\054"');
  });

  it('decodes once only', () => {
    expect(decodeCookieValue('%2520', 'percent')).toBe('%20');
  });

  it('takes "+" for itself', () => {
    expect(decodeCookieValue('a+b', 'percent')).toBe('a+b');
  });
});
