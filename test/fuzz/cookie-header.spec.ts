import fc from 'fast-check';
import { decodeCookieValue, parseCookieHeader } from '../../src/cookies/index.js';

/** What a header can be made of, with what has a meaning to a reader of cookies more often than chance would have it. */
const pieces = fc.constantFrom(
  ';',
  '=',
  ' ',
  '\t',
  '"',
  '\\',
  '\\"',
  '\\101',
  '%',
  '%41',
  '%F0%9F',
  '%zz',
  'a',
  'sessionid',
);
const bytes = fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const text = fc.string({ unit: 'binary', maxLength: 8 });
const headers = fc
  .array(fc.oneof({ weight: 3, arbitrary: pieces }, bytes, text), { maxLength: 60 })
  .map((all) => all.join(''));

/** What of a string's the readers walk through it with. */
const STEPS = ['charCodeAt', 'indexOf'] as const;

/** How many of these steps some work takes. */
function stepsOf(work: () => void): number {
  let steps = 0;
  const originals = STEPS.map((name) => [name, String.prototype[name]] as const);
  for (const [name, original] of originals) {
    // oxlint-disable-next-line no-extend-native
    String.prototype[name] = function counted(this: string, ...args: never[]): never {
      steps++;
      return (original as (...args: never[]) => never).apply(this, args);
    };
  }
  try {
    work();
  } finally {
    // oxlint-disable-next-line no-extend-native
    for (const [name, original] of originals) String.prototype[name] = original as never;
  }
  return steps;
}

function readAll(header: string): void {
  for (const values of parseCookieHeader(header).values()) {
    for (const value of values) {
      decodeCookieValue(value, 'percent');
      decodeCookieValue(value, 'python');
    }
  }
}

describe('the reader of the Cookie header, whatever it is given,', () => {
  it('never throws, and finds no more than there is', () => {
    fc.assert(
      fc.property(headers, (header) => {
        let length = 0;
        for (const [name, values] of parseCookieHeader(header)) {
          for (const value of values) length += name.length + value.length;
        }
        expect(length).toBeLessThanOrEqual(header.length);
        readAll(header);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds the same again in a header that is made of what it found', () => {
    fc.assert(
      fc.property(headers, (header) => {
        const found = parseCookieHeader(header);
        const again = [...found].flatMap(([name, values]) => values.map((value) => `${name}=${value}`)).join('; ');
        // On its way a header is bytes.
        const sent = Buffer.from(again, 'utf8').toString('latin1');
        expect([...parseCookieHeader(sent)]).toEqual([...found]);
      }),
      { numRuns: 2000 },
    );
  });

  const MEGABYTE = 2 ** 20;
  it.each([
    ['equals signs', '='],
    ['semicolons', ';'],
    ['spaces', ' '],
    ['spaces of Unicode', '\u00a0\u0085'],
    ['spaces around little', 'a =  b ;  '],
    ['equal names', 'a=b;'],
    ['session cookies', 'sessionid=abcdefghijklmnopqrstuvwxyz012345; '],
    ['quotes', '"'],
    ['a value in quotes', 'a="\\101\\"\\\\";'],
    ['backslashes', '\\'],
    ['octal escapes that break off', '\\10'],
    ['percent signs', '%'],
    ['percent sequences that break off', '%F0%9F'],
    ['bytes that are no UTF-8', '\u00ff'],
    ['characters beyond Latin-1', '\u2028'],
  ])('reads a megabyte of %s in steps that its length bounds', (_, piece) => {
    const pieces = piece.repeat(MEGABYTE / piece.length);
    for (const header of [pieces, `sessionid=${pieces}`, `sessionid="${pieces}"`]) {
      expect(stepsOf(() => readAll(header))).toBeLessThanOrEqual(4 * header.length);
    }
  });

  it('reads a megabyte of cookies of different names in steps that its length bounds', () => {
    const header = Array.from({ length: MEGABYTE / 8 }, (_, index) => `${index.toString(36)}=v; `).join('');
    expect(stepsOf(() => readAll(header))).toBeLessThanOrEqual(4 * header.length);
  });
});
