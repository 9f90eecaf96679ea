import fc from 'fast-check';
import { Cookie } from 'tough-cookie';
import { CookieJar, type CookieOptions, decodeCookieValue, parseCookieHeader } from '../../src/cookies/index.js';
import { SessionError } from '../../src/errors/index.js';
import { SignedCookieValues } from '../../src/signing/index.js';
import { TestClock } from '../support/test-clock.js';

const NAME_CHARACTERS = [..."abcXYZ019!#$%&'*+-.^_`|~:"];
const legalNames = fc.string({ unit: fc.constantFrom(...NAME_CHARACTERS), minLength: 1, maxLength: 20 });
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(...' ";,\\%=:/<>[]{}aé清\u0000\r\n\t\u007f\ud83d', '%41', '\\101', '""'),
    maxLength: 30,
  }),
);
/** Now and then something that is refused. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | string> => fc.oneof({ weight: 9, arbitrary }, anyText);
const quotings = fc.constantFrom('percent' as const, 'python' as const);

const clock = new TestClock();
const signer = new SignedCookieValues({ secret: 'secret', format: 'v2', clock });

/** What a writer sends; undefined where it refuses to. */
function write(
  name: string,
  value: string,
  options: CookieOptions,
  quoting: 'percent' | 'python',
  header?: string,
): string | undefined {
  const jar = new CookieJar(header, { quoting, clock, signer }, () => {});
  try {
    jar.set(name, value, options);
  } catch (error) {
    if (error instanceof SessionError) return undefined;
    throw error;
  }
  expect(jar.get(name)).toBe(value);
  const [text] = jar.pending();
  return text;
}

const read = (header: string, name: string, quoting: 'percent' | 'python'): string | undefined => {
  const raw = parseCookieHeader(header).get(name)?.[0];
  return raw === undefined ? undefined : decodeCookieValue(raw, quoting);
};

describe('what the writer of cookies sends', () => {
  it('is read back equal, here and by way of a browser', () => {
    let sent = 0;
    fc.assert(
      fc.property(legalNames, anyText, quotings, (name, value, quoting) => {
        const text = write(name, value, {}, quoting);
        if (text === undefined) return;
        sent++;
        expect(read(text.slice(0, text.indexOf(';')), name, quoting)).toBe(value);
        const kept = Cookie.parse(text);
        expect(kept?.key).toBe(name);
        expect(read(kept!.cookieString(), name, quoting)).toBe(value);
        // Beside others, as browsers send it.
        expect(read(`other=1; ${kept!.cookieString()}; last="x`, name, quoting)).toBe(value);
      }),
      { numRuns: 2000 },
    );
    expect(sent).toBeGreaterThan(200);
  });

  it('is plain ASCII on one line, with the attributes that were asked for and no other, whatever is asked', () => {
    const attributes = fc.record(
      {
        path: mostly(fc.constantFrom('/', '/app', '')),
        domain: mostly(fc.constant('example.org')),
        maxAge: fc.oneof({ weight: 5, arbitrary: fc.integer() }, fc.double()),
        secure: fc.boolean(),
        httpOnly: fc.boolean(),
        sameSite: mostly(fc.constantFrom('lax', 'strict', 'none', false)),
        priority: mostly(fc.constantFrom('low', 'medium', 'high')),
        partitioned: fc.boolean(),
      },
      { requiredKeys: [] },
    );
    let sent = 0;
    fc.assert(
      fc.property(mostly(legalNames), anyText, attributes, quotings, (name, value, options, quoting) => {
        const text = write(name, value, options as CookieOptions, quoting);
        if (text === undefined) return;
        sent++;
        expect(text).toMatch(/^[ -~]+$/);
        const [, ...rest] = text.split('; ').map((part) => part.split('=')[0]!);
        const { path = '/', domain, maxAge, secure, httpOnly, sameSite, priority, partitioned } = options;
        expect(rest).toEqual(
          [
            domain && 'Domain',
            maxAge !== undefined && 'expires',
            httpOnly && 'HttpOnly',
            maxAge !== undefined && 'Max-Age',
            partitioned && 'Partitioned',
            path && 'Path',
            priority && 'Priority',
            sameSite && 'SameSite',
            secure && 'Secure',
          ].filter(Boolean),
        );
      }),
      { numRuns: 3000 },
    );
    expect(sent).toBeGreaterThan(300);
  });

  it('is a signed value that comes back equal', () => {
    fc.assert(
      fc.property(legalNames, anyText, fc.string({ maxLength: 8 }), quotings, (name, value, salt, quoting) => {
        const settings = { quoting, clock, signer };
        const jar = new CookieJar(undefined, settings, () => {});
        try {
          jar.setSigned(name, value, { salt });
        } catch (error) {
          expect(error).toBeInstanceOf(SessionError);
          return;
        }
        const sent = Cookie.parse(jar.pending()[0]!)!.cookieString();
        const next = new CookieJar(sent, settings, () => {});
        expect(next.getSigned(name, { salt })).toBe(value);
        expect(next.getSigned(name, { salt: `${salt}.`, default: 'refused' })).toBe('refused');
      }),
      { numRuns: 500 },
    );
  });
});
