import type { CookieOptions } from '../../../src/cookies/cookie-options.js';
import { type CookieContext, serializeCookie, serializeDeletion } from '../../../src/cookies/serialize-cookie.js';
import { CookieOverflowError, InvalidCookieError } from '../../../src/errors/index.js';
import { TestClock } from '../../support/test-clock.js';
import { vectors } from '../../support/vectors.js';

const NOW = 1_700_000_000_250;
const DAY = 24 * 60 * 60;
const clock = new TestClock(NOW);
const django: CookieContext = { quoting: 'python', clock };
const own: CookieContext = { quoting: 'percent', clock };

interface Row<Kwargs> {
  name: string;
  kwargs: Kwargs;
  result: { ok: string } | { error: string };
}

/** Django's keyword arguments as options. */
function asOptions({ max_age, httponly, samesite, ...same }: Record<string, unknown>): CookieOptions {
  return { ...same, maxAge: max_age, httpOnly: httponly, sameSite: samesite } as CookieOptions;
}

function describeRow({ kwargs }: Row<unknown>): string {
  return JSON.stringify(kwargs);
}

describe('serializeCookie', () => {
  describe('beside Django', () => {
    const differences: Record<string, { difference: string; refused?: true; instead?: string }> = {
      '{"expires":"Wed, 15 Nov 2023 00:00:00 GMT"}': { difference: 'expires is a Date, never a text', refused: true },
      '{"expires":"anything"}': { difference: 'expires is a Date, never a text', refused: true },
      '{"max_age":10,"expires":""}': { difference: 'maxAge and expires exclude each other', refused: true },
      '{"samesite":"STRICT"}': { difference: 'SameSite is spelt in one way', instead: 'k=""; Path=/; SameSite=Strict' },
      '{"samesite":"none","secure":true}': {
        difference: 'SameSite is spelt in one way',
        instead: 'k=""; Path=/; SameSite=None; Secure',
      },
      '{"max_age":1209600,"expires":"Tue, 28 Nov 2023 22:13:20 GMT","path":"/","domain":".ex.com","secure":true,"httponly":true,"samesite":"Lax","value":"v"}':
        { difference: 'maxAge and expires exclude each other', refused: true },
      '{"value":null}': { difference: 'a value is a string', refused: true },
    };
    const rows: Row<Record<string, unknown>>[] = vectors.set_cookie;
    const serialize = (kwargs: Record<string, unknown>) =>
      serializeCookie('k', (kwargs.value === undefined ? '' : kwargs.value) as string, asOptions(kwargs), django);

    it.each(rows.map((row) => [describeRow(row), row] as const))('treats %s as it does, or by design', (key, row) => {
      const { refused, instead } = differences[key] ?? {};
      if (refused || 'error' in row.result) expect(() => serialize(row.kwargs)).toThrow(InvalidCookieError);
      else expect(serialize(row.kwargs)).toBe(instead ?? row.result.ok);
    });

    it.each(Object.entries(differences))('%s: $difference', (key) => {
      expect(rows.map(describeRow)).toContain(key);
    });

    it('writes all attributes in the same order', () => {
      const { kwargs, result } = rows.find((row) => row.kwargs.value === 'v')!;
      expect(serialize({ ...kwargs, expires: undefined })).toBe((result as { ok: string }).ok);
    });

    it.each<Row<unknown>>(vectors.cookie_names)('takes or refuses the name $name', ({ name, result }) => {
      // The difference: a name that begins with __Host- needs Secure.
      const options = name.startsWith('__Host-') ? { secure: true } : {};
      const serializeName = () => serializeCookie(name, 'v', options, django);
      if ('ok' in result) expect(serializeName()).toBe(result.ok + (options.secure ? '; Secure' : ''));
      else expect(serializeName).toThrow(InvalidCookieError);
    });

    it('truncates Max-Age but not the date', () => {
      expect(serializeCookie('k', 'v', { maxAge: 10.6 }, django)).toBe(
        'k=v; expires=Tue, 14 Nov 2023 22:13:30 GMT; Max-Age=10; Path=/',
      );
      expect(serializeCookie('k', 'v', { maxAge: 10.8 }, django)).toBe(
        'k=v; expires=Tue, 14 Nov 2023 22:13:31 GMT; Max-Age=10; Path=/',
      );
    });

    it('takes a Date as the maxAge until then', () => {
      expect(serializeCookie('k', 'v', { expires: new Date('2023-11-14T22:13:30Z') }, django)).toBe(
        'k=v; expires=Tue, 14 Nov 2023 22:13:30 GMT; Max-Age=10; Path=/',
      );
    });
  });

  it('puts the attributes that Django does not know at their place in the alphabet', () => {
    const options: CookieOptions = {
      priority: 'high',
      partitioned: true,
      secure: true,
      httpOnly: true,
      sameSite: 'none',
      domain: 'example.com',
      path: '/shop',
      maxAge: 60,
    };
    expect(serializeCookie('a', 'b c', options, own)).toBe(
      'a=b%20c; Domain=example.com; expires=Tue, 14 Nov 2023 22:14:20 GMT; HttpOnly; Max-Age=60; Partitioned; ' +
        'Path=/shop; Priority=High; SameSite=None; Secure',
    );
  });

  it('writes an empty value without quotes, unless they are Python’s', () => {
    expect(serializeCookie('a', '', {}, own)).toBe('a=; Path=/');
    expect(serializeCookie('a', '', {}, django)).toBe('a=""; Path=/');
  });

  it.each([
    ['sameSite', 'lax', 'SameSite=Lax'],
    ['sameSite', 'Strict', 'SameSite=Strict'],
    ['sameSite', 'NONE', 'SameSite=None'],
    ['priority', 'low', 'Priority=Low'],
    ['priority', 'Medium', 'Priority=Medium'],
    ['priority', 'HIGH', 'Priority=High'],
  ])('spells %s %s as %s', (option, value, text) => {
    expect(serializeCookie('a', 'b', { [option]: value, secure: true }, own)).toBe(`a=b; Path=/; ${text}; Secure`);
  });

  it.each([
    { sameSite: false },
    { sameSite: undefined, priority: undefined, maxAge: undefined, expires: undefined, path: undefined },
    { secure: false, httpOnly: false, partitioned: false, domain: '' },
  ] as CookieOptions[])('sends nothing for %p', (options) => {
    expect(serializeCookie('a', 'b', options, own)).toBe('a=b; Path=/');
  });

  it('leaves out an empty path', () => {
    expect(serializeCookie('a', 'b', { path: '' }, own)).toBe('a=b');
  });

  describe('a lifetime', () => {
    function lifetime(options: CookieOptions, context = own): string {
      return serializeCookie('a', 'b', options, context).replace('a=b; ', '').replace('; Path=/', '');
    }

    it.each([400 * DAY, 400 * DAY + 1, 10 * 365 * DAY, Number.MAX_SAFE_INTEGER, Number.MAX_VALUE])(
      'of %d seconds is sent as 400 days',
      (maxAge) => expect(lifetime({ maxAge })).toBe('expires=Wed, 18 Dec 2024 22:13:20 GMT; Max-Age=34560000'),
    );

    it('until a Date beyond 400 days is sent as 400 days', () => {
      const expected = 'expires=Wed, 18 Dec 2024 22:13:20 GMT; Max-Age=34560000';
      expect(lifetime({ expires: new Date('2038-01-19T03:14:07Z') })).toBe(expected);
      expect(lifetime({ expires: new Date(8.64e15) })).toBe(expected);
    });

    it('just below 400 days is sent as it is', () => {
      expect(lifetime({ maxAge: 400 * DAY - 1 })).toBe('expires=Wed, 18 Dec 2024 22:13:19 GMT; Max-Age=34559999');
    });

    it('below zero lies in the past', () => {
      expect(lifetime({ maxAge: -1 })).toBe('expires=Tue, 14 Nov 2023 22:13:19 GMT; Max-Age=-1');
      expect(lifetime({ maxAge: -0.5 })).toBe('expires=Tue, 14 Nov 2023 22:13:19 GMT; Max-Age=0');
      expect(lifetime({ maxAge: -Number.MAX_VALUE })).toBe('expires=Mon, 10 Oct 2022 22:13:20 GMT; Max-Age=-34560000');
    });

    it('until a Date that has passed is zero', () => {
      expect(lifetime({ expires: new Date(0) })).toBe('expires=Tue, 14 Nov 2023 22:13:20 GMT; Max-Age=0');
      expect(lifetime({ expires: new Date(-8.64e15) })).toBe('expires=Tue, 14 Nov 2023 22:13:20 GMT; Max-Age=0');
    });

    it('until a Date ends at that second, never before it', () => {
      const expires = new Date('2023-11-14T22:14:20Z');
      for (const milliseconds of [0, 1, 250, 999]) {
        const context = { quoting: 'percent', clock: new TestClock(NOW - 250 + milliseconds) } as const;
        expect(lifetime({ expires }, context)).toBe('expires=Tue, 14 Nov 2023 22:14:20 GMT; Max-Age=60');
      }
    });
  });

  describe('refuses', () => {
    const refusals: [string, () => string, RegExp][] = [];
    const nameRefusal = (what: string, name: unknown, options: object, message: RegExp) =>
      refusals.push([what, () => serializeCookie(name as string, 'secret', options as CookieOptions, own), message]);
    const refusal = (what: string, options: object, message: RegExp) => nameRefusal(what, 'sid', options, message);

    for (const name of ['', 'a b', 'a=b', 'a;b', 'a,b', 'a\r\nSet-Cookie: x', 'a\0', 'a/b', 'a@b', '"a"', 'ä', 'a\n']) {
      nameRefusal(`the name ${JSON.stringify(name)}`, name, {}, /its name is not a legal one\. Use letters/);
    }
    for (const name of [
      'expires',
      'Path',
      'DOMAIN',
      'comment',
      'Max-Age',
      'secure',
      'HttpOnly',
      'version',
      'SameSite',
      'Partitioned',
      'priority',
    ]) {
      nameRefusal(`the name ${name}`, name, {}, /its name is that of a cookie attribute\. Choose another name/);
    }
    for (const name of [undefined, null, 5, {}, Symbol('a')]) {
      nameRefusal(`the name ${String(name)}`, name, {}, /its name is not a legal one/);
    }

    for (const maxAge of [Number.NaN, Infinity, -Infinity, '10', null, {}, 10n]) {
      refusal(`the maxAge ${String(maxAge)}`, { maxAge }, /its maxAge is no finite number\. Pass a number of seconds/);
    }
    for (const expires of [new Date(Number.NaN), 'Wed, 15 Nov 2023 00:00:00 GMT', 0, NOW, null]) {
      refusal(`the expires ${String(expires)}`, { expires }, /its expires is no valid Date/);
    }
    refusal('maxAge with expires', { maxAge: 1, expires: new Date() }, /both maxAge and expires\. Pass one of them/);

    for (const sameSite of ['invalid', true, 'lax ', 1, {}]) {
      refusal(`the sameSite ${String(sameSite)}`, { sameSite }, /its sameSite .* is unknown.*'lax', 'strict', 'none'/);
    }
    for (const priority of ['urgent', true, 1]) {
      refusal(`the priority ${priority}`, { priority }, /its priority .* is unknown\. .*'low', 'medium', 'high'/);
    }

    for (const option of ['path', 'domain']) {
      for (const value of ['/a;b', '/a\r\nSet-Cookie: x=y', '/a\n', '/\0', '/\t', '/\x7f', '/ä', '/清', 5, {}]) {
        refusal(
          `the ${option} ${JSON.stringify(value)}`,
          { [option]: value },
          new RegExp(`its ${option} holds a character that a header cannot carry`),
        );
      }
    }

    refusal('SameSite=None without Secure', { sameSite: 'none' }, /SameSite=None requires Secure\. Pass secure: true/);
    refusal('Partitioned without Secure', { partitioned: true }, /Partitioned requires Secure\. Pass secure: true/);
    for (const name of ['__Host-sid', '__Secure-sid', '__host-sid', '__SECURE-sid']) {
      nameRefusal(`${name} without Secure`, name, {}, /prefix of its name requires Secure\. Pass secure: true/);
    }
    for (const name of ['__Host-sid', '__HOST-sid']) {
      const message = /prefix __Host- requires the path "\/" and no domain/;
      nameRefusal(`${name} with a path`, name, { secure: true, path: '/a' }, message);
      nameRefusal(`${name} without a path`, name, { secure: true, path: '' }, message);
      nameRefusal(`${name} with a domain`, name, { secure: true, domain: 'example.com' }, message);
    }

    it.each(refusals)('%s', (_, serialize, message) => {
      expect(serialize).toThrow(InvalidCookieError);
      expect(serialize).toThrow(message);
      expect(serialize).toThrow(/^The cookie ".*" was refused: [^\r\n]+\. [^\r\n]+\.$/);
      expect(serialize).not.toThrow('secret');
    });

    it.each(['a\r\nb', 'a\nb', 'a\0b'])('the value %j in both quotings', (value) => {
      expect(() => serializeCookie('sid', value, {}, own)).toThrow(/^The cookie "sid" was refused: its value holds CR/);
      expect(() => serializeCookie('sid', value, {}, django)).toThrow(/^The cookie "sid" was refused: its value holds/);
    });
  });

  it.each([
    ['__Host-sid', {}],
    ['__Secure-sid', { domain: 'example.com', path: '/a' }],
    ['__hostile', {}],
    ['my__Host-', { path: '/a' }],
  ])('accepts the name %s with %p', (name, options) => {
    expect(serializeCookie(name, 'v', { ...options, secure: true }, own)).toContain(`${name}=v;`);
  });

  describe('the limit of 4096 bytes', () => {
    it('is met by name and value together, without the attributes', () => {
      const options = { domain: 'example.com', maxAge: 60, secure: true };
      expect(serializeCookie('name', 'v'.repeat(4092), options, own)).toContain('; Secure');
      expect(() => serializeCookie('name', 'v'.repeat(4093), options, own)).toThrow(CookieOverflowError);
      expect(() => serializeCookie('n'.repeat(4097), '', options, own)).toThrow(CookieOverflowError);
    });

    it('counts what is sent: percent signs, UTF-8 and quotes', () => {
      expect(() => serializeCookie('name', '清'.repeat(454), {}, own)).not.toThrow();
      expect(() => serializeCookie('name', '清'.repeat(455), {}, own)).toThrow(/take 4099 bytes/);
      expect(() => serializeCookie('name', `${'v'.repeat(4089)} `, {}, django)).not.toThrow();
      expect(() => serializeCookie('name', `${'v'.repeat(4090)} `, {}, django)).toThrow(/take 4097 bytes/);
    });

    it('names the cookie and its size, never its value', () => {
      const serialize = () => serializeCookie('theme', 'secret'.repeat(1000), {}, own);
      expect(serialize).toThrow(/^The cookie "theme" was refused: name and value take 6005 bytes/);
      expect(serialize).not.toThrow('secret');
    });
  });
});

describe('serializeDeletion', () => {
  const rows: Row<Record<string, unknown>>[] = vectors.delete_cookie;

  it.each(rows.map((row) => [row.name, describeRow(row), row] as const))(
    'deletes %s %s as Django does',
    (name, _, row) => {
      expect({ ok: serializeDeletion(name, asOptions(row.kwargs), django) }).toEqual(row.result);
    },
  );

  it('writes an empty value without quotes of its own accord', () => {
    expect(serializeDeletion('a', {}, own)).toBe('a=; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/');
  });

  it('carries the attributes that the cookie was set with, unlike Django', () => {
    const options: CookieOptions = {
      secure: true,
      httpOnly: true,
      sameSite: 'strict',
      partitioned: true,
      priority: 'low',
      domain: 'd',
      path: '/p',
    };
    expect(serializeDeletion('a', options, own)).toBe(
      'a=; Domain=d; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Partitioned; Path=/p; Priority=Low; ' +
        'SameSite=Strict; Secure',
    );
  });

  it('ignores the lifetime that the cookie was set with', () => {
    const plain = serializeDeletion('a', {}, own);
    expect(serializeDeletion('a', { maxAge: 1000 }, own)).toBe(plain);
    expect(serializeDeletion('a', { expires: new Date(NOW + 1000) }, own)).toBe(plain);
  });

  it.each<[string, CookieOptions]>([
    ['__Host-a', {}],
    ['__secure-a', {}],
    ['a', { sameSite: 'none' }],
    ['a', { sameSite: 'None' as 'none' }],
    ['a', { partitioned: true }],
  ])('adds Secure where browsers insist on it: %s %p', (name, options) => {
    expect(serializeDeletion(name, options, own)).toMatch(/; Secure$/);
  });

  it('adds no Secure elsewhere', () => {
    expect(serializeDeletion('a', { sameSite: 'lax' }, own)).not.toContain('Secure');
  });

  it.each<[string, object]>([
    ['a b', {}],
    ['path', {}],
    ['a', { path: '/;' }],
    ['a', { domain: 'a\r\n' }],
    ['a', { sameSite: 'bogus' }],
    ['__Host-a', { path: '/a' }],
  ])('refuses %j %p', (name, options) => {
    expect(() => serializeDeletion(name, options, own)).toThrow(InvalidCookieError);
  });
});
