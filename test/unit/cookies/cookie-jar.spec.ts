import { CookieJar, type CookieJarSettings } from '../../../src/cookies/cookie-jar.js';
import type { CookieOptions } from '../../../src/cookies/cookie-options.js';
import {
  BadSignatureError,
  CookieOverflowError,
  InvalidCookieError,
  ResponseHeadSentError,
  SignatureExpiredError,
} from '../../../src/errors/index.js';
import { SignedCookieValues } from '../../../src/signing/signed-cookie-value.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

const SECRET: string = vectors.meta.secret_key;
const clock = new TestClock();
const own: CookieJarSettings = {
  quoting: 'percent',
  clock,
  signer: new SignedCookieValues({ secret: SECRET, format: 'v2', clock }),
};
const django: CookieJarSettings = djangoAt(FROZEN_SECONDS);
const EPOCH = 'expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0';

function djangoAt(seconds: number): CookieJarSettings {
  const clock = new TestClock(seconds * 1000);
  return { quoting: 'python', clock, signer: new SignedCookieValues({ secret: SECRET, format: 'legacy', clock }) };
}

function jarOf(header?: string, settings = own): CookieJar {
  return new CookieJar(header, settings, () => {});
}

/** The Cookie header of a browser that got these Set-Cookie texts. */
function headerAfter(jar: CookieJar): string {
  return jar
    .pending()
    .map((text) => text.split(';')[0])
    .join('; ');
}

describe('reading a jar', () => {
  it('gives a value, or the default, or undefined', () => {
    const jar = jarOf('theme=dark; empty=');
    expect(jar.get('theme')).toBe('dark');
    expect(jar.get('theme', 'light')).toBe('dark');
    expect(jar.get('empty', 'full')).toBe('');
    expect(jar.get('language')).toBeUndefined();
    expect(jar.get('language', 'en')).toBe('en');
    expect(jar.get('language', null)).toBeNull();
  });

  it('says which names there are', () => {
    const jar = jarOf('theme=dark; empty=');
    expect([jar.has('theme'), jar.has('empty'), jar.has('language')]).toEqual([true, true, false]);
  });

  it('gives the first of duplicates, unlike Django, and all of them on request', () => {
    const jar = jarOf('a=1; b=x; a=2; a=%33');
    expect(jar.get('a')).toBe('1');
    expect(jar.getAll('a')).toEqual(['1', '2', '3']);
    expect(jar.getAll('c')).toEqual([]);
    expect([...jar]).toEqual([
      ['a', '1'],
      ['b', 'x'],
    ]);
  });

  it('is empty without a header', () => {
    for (const jar of [jarOf(undefined), jarOf('')]) {
      expect([...jar]).toEqual([]);
      expect(jar.get('a')).toBeUndefined();
      expect(jar.raw('a')).toEqual([]);
      expect(jar.pending()).toEqual([]);
    }
  });

  it('decodes by the quoting of its settings', () => {
    const header = 'a=%20; b="x\\054y"';
    expect([...jarOf(header)]).toEqual([
      ['a', ' '],
      ['b', 'x,y'],
    ]);
    expect([...jarOf(header, django)]).toEqual([
      ['a', '%20'],
      ['b', 'x,y'],
    ]);
  });

  it('knows a cookie without a name, and names that JavaScript objects know', () => {
    const jar = jarOf('unnamed; __proto__=x');
    expect(jar.get('')).toBe('unnamed');
    expect(jar.get('__proto__')).toBe('x');
    expect(jar.get('constructor')).toBeUndefined();
    expect(jar.has('toString')).toBe(false);
  });

  it('gives what the browser sent whatever was written since', () => {
    const jar = jarOf('a=%31; a=2; b=3');
    jar.set('a', 'new');
    jar.delete('b');
    expect(jar.raw('a')).toEqual(['1', '2']);
    expect(jar.raw('b')).toEqual(['3']);
  });

  it('hands out lists that do not reach into the jar', () => {
    const jar = jarOf('a=1');
    jar.getAll('a').push('2');
    (jar.raw('a') as string[]).push('3');
    expect(jar.getAll('a')).toEqual(['1']);
  });

  it('parses nothing until the first read', () => {
    const unreadable = Object.create(null) as string;
    const jar = jarOf(unreadable);
    jar.set('a', 'b');
    jar.delete('c');
    expect(jar.get('a')).toBe('b');
    expect(jar.pending()).toHaveLength(2);
    expect(() => jar.get('d')).toThrow(TypeError);
  });
});

describe('writing a jar', () => {
  it('sends what was set, in the order in which names were first written', () => {
    const jar = jarOf();
    jar.set('a', '1');
    jar.set('b', 'x y', { httpOnly: true });
    jar.delete('c');
    jar.set('a', '2');
    expect(jar.pending()).toEqual(['a=2; Path=/', 'b=x%20y; HttpOnly; Path=/', `c=; ${EPOCH}; Path=/`]);
  });

  it('reads back what was set', () => {
    const jar = jarOf('a=old; a=older; c=3');
    jar.set('a', 'a "new" one');
    jar.set('b', '');
    expect(jar.get('a')).toBe('a "new" one');
    expect(jar.getAll('a')).toEqual(['a "new" one']);
    expect(jar.get('b', 'default')).toBe('');
    expect(jar.has('b')).toBe(true);
    expect([...jar]).toEqual([
      ['a', 'a "new" one'],
      ['c', '3'],
      ['b', ''],
    ]);
  });

  it('reads nothing where a cookie was deleted', () => {
    const jar = jarOf('a=1; a=2; b=3');
    jar.delete('a');
    expect(jar.get('a')).toBeUndefined();
    expect(jar.get('a', 'default')).toBe('default');
    expect(jar.getAll('a')).toEqual([]);
    expect(jar.has('a')).toBe(false);
    expect([...jar]).toEqual([['b', '3']]);
  });

  describe('beside Django', () => {
    type Step = (jar: CookieJar) => void;
    const steps: Record<string, Step> = {
      "set_cookie('k','old',max_age=10,path='/a',domain='d',secure=True,httponly=True,samesite='Lax')": (jar) =>
        jar.set('k', 'old', { maxAge: 10, path: '/a', domain: 'd', secure: true, httpOnly: true, sameSite: 'lax' }),
      "set_cookie('k','new')": (jar) => jar.set('k', 'new'),
      "delete_cookie('k')": (jar) => jar.delete('k'),
      "set_cookie('k','v')": (jar) => jar.set('k', 'v'),
      "set_cookie('k','1',path='/a')": (jar) => jar.set('k', '1', { path: '/a' }),
      "set_cookie('k','2',path='/b')": (jar) => jar.set('k', '2', { path: '/b' }),
    };
    // The difference: attributes of a cookie do not survive a second set, and delete-then-set does not stay deleted.
    const instead: Record<string, string> = {
      'k=new; Domain=d; HttpOnly; Max-Age=10; Path=/; SameSite=Lax; Secure': 'k=new; Path=/',
      'k=v; Max-Age=0; Path=/': 'k=v; Path=/',
    };
    const rows: { ops: string[]; header?: string; headers?: string[] }[] = vectors.set_cookie_sequences;

    it.each(rows)('the last of $ops wins, with its own attributes only', ({ ops, header, headers = [header!] }) => {
      const jar = jarOf(undefined, django);
      for (const operation of ops) steps[operation]!(jar);
      expect(jar.pending()).toEqual(headers.map((text) => instead[text] ?? text));
    });

    it('two of these sequences end differently', () => {
      const ends = rows.map(({ header }) => header);
      for (const end of Object.keys(instead)) expect(ends).toContain(end);
    });
  });

  it('a cookie that is deleted after it was set is only deleted', () => {
    const jar = jarOf();
    jar.set('a', '1', { maxAge: 10, path: '/a', httpOnly: true });
    jar.delete('a');
    expect(jar.pending()).toEqual([`a=; ${EPOCH}; Path=/`]);
    expect(jar.has('a')).toBe(false);
  });

  it('a cookie that is set after it was deleted is only set', () => {
    const jar = jarOf('a=1');
    jar.delete('a', { path: '/a' });
    jar.set('a', '2');
    expect(jar.pending()).toEqual(['a=2; Path=/']);
    expect(jar.get('a')).toBe('2');
  });

  it('deletes with the attributes it is given', () => {
    const jar = jarOf();
    jar.delete('a', { path: '/a', domain: 'd', secure: true, httpOnly: true, sameSite: 'strict', maxAge: 10 });
    expect(jar.pending()).toEqual([
      `a=; Domain=d; ${EPOCH.replace('; ', '; HttpOnly; ')}; Path=/a; SameSite=Strict; Secure`,
    ]);
  });

  it.each<[string, unknown, CookieOptions, new (message: string) => Error]>([
    ['a b', 'v', {}, InvalidCookieError],
    ['a', 'v\r\nSet-Cookie: x=y', {}, InvalidCookieError],
    ['a', '\0', {}, InvalidCookieError],
    ['a', 42, {}, InvalidCookieError],
    ['a', 'v', { sameSite: 'none' }, InvalidCookieError],
    ['__Host-a', 'v', {}, InvalidCookieError],
    ['a', 'v'.repeat(4096), {}, CookieOverflowError],
  ])('refuses %j at set, and nothing is kept', (name, value, options, error) => {
    let changes = 0;
    const jar = new CookieJar('a=1', own, () => changes++);
    expect(() => jar.set(name, value as string, options)).toThrow(error);
    expect(() => jar.setSigned(name, value as string, options)).toThrow(error);
    expect(jar.pending()).toEqual([]);
    expect([...jar]).toEqual([['a', '1']]);
    expect(changes).toBe(0);
  });

  it('refuses an illegal deletion, and nothing is kept', () => {
    const jar = jarOf('a=1');
    expect(() => jar.delete('a', { path: '/;' })).toThrow(InvalidCookieError);
    expect(() => jar.delete('a b')).toThrow(InvalidCookieError);
    expect(jar.pending()).toEqual([]);
    expect(jar.get('a')).toBe('1');
  });

  it('keeps the earlier change of a name when a later one is refused', () => {
    const jar = jarOf();
    jar.set('a', '1');
    expect(() => jar.set('a', '\n')).toThrow(InvalidCookieError);
    expect(jar.pending()).toEqual(['a=1; Path=/']);
  });

  it('reports every change before it is kept', () => {
    const seen: number[] = [];
    const jar: CookieJar = new CookieJar(undefined, own, () => seen.push(jar.pending().length));
    jar.get('a');
    jar.set('a', '1');
    jar.setSigned('b', '2');
    jar.delete('c');
    jar.delete('c');
    expect(seen).toEqual([0, 1, 2, 3]);
  });

  it('keeps nothing when the head of the response is gone', () => {
    const jar = new CookieJar('a=1', own, () => {
      throw new ResponseHeadSentError('too late');
    });
    expect(() => jar.set('a', '2')).toThrow(ResponseHeadSentError);
    expect(() => jar.setSigned('a', '2')).toThrow(ResponseHeadSentError);
    expect(() => jar.delete('a')).toThrow(ResponseHeadSentError);
    expect(jar.pending()).toEqual([]);
    expect(jar.get('a')).toBe('1');
  });

  it('gives the next request what it wrote', () => {
    const written = jarOf();
    const values = { a: '"quoted"', b: 'x; y=z, w', c: '清風 😀', d: '100%', e: '', f: '\\"%22\t' };
    for (const [name, value] of Object.entries(values)) written.set(name, value);
    expect(Object.fromEntries(jarOf(headerAfter(written)))).toEqual(values);
  });
});

describe('signed cookies', () => {
  interface WrittenRow {
    name: string;
    value: string;
    salt: string;
    time: number;
    signed_value: string;
    set_cookie: string;
  }
  interface ReadRow {
    case: string;
    cookies: Record<string, string>;
    key: string;
    kwargs: { max_age?: number; salt?: string; default?: unknown };
    now: number;
    result: { ok: unknown } | { error: string };
  }

  it.each<WrittenRow>(vectors.set_signed_cookie)('writes $name=$value with the salt "$salt" as Django does', (row) => {
    const jar = jarOf(undefined, djangoAt(row.time));
    jar.setSigned(row.name, row.value, { salt: row.salt });
    expect(jar.pending()).toEqual([row.set_cookie]);
    expect(jarOf(headerAfter(jar), djangoAt(row.time)).getSigned(row.name, { salt: row.salt })).toBe(row.value);
  });

  it.each<ReadRow>(vectors.get_signed_cookie)(
    'reads as Django does: $case',
    ({ cookies, key, kwargs, now, result }) => {
      const { max_age: maxAge, ...others } = kwargs;
      const header = Object.entries(cookies)
        .map(([name, value]) => `${name}=${value}`)
        .join('; ');
      const read = () => jarOf(header, djangoAt(now)).getSigned(key, { maxAge, ...others } as { default: unknown });
      if ('ok' in result) expect(read()).toBe(result.ok);
      else expect(read).toThrow(BadSignatureError);
    },
  );

  const signed = (value: string, salt?: string) => own.signer.sign('a', value, salt);
  const altered = signed('value').replace('value', 'other');

  it('are read back, in this request and the next, without their signature', () => {
    const jar = jarOf();
    jar.setSigned('a', 'Bjørn; "x"', { salt: 's', maxAge: 60 });
    expect(jar.getSigned('a', { salt: 's' })).toBe('Bjørn; "x"');
    expect(jar.get('a')).toMatch(/^Bjørn; "x":\w+:[\w-]+$/);
    expect(jar.pending()[0]).toMatch(/^a=Bj%C3%B8rn%3B%20%22x%22:\w+:[\w-]+; expires=.*; Max-Age=60; Path=\/$/);
    expect(jarOf(headerAfter(jar)).getSigned('a', { salt: 's' })).toBe('Bjørn; "x"');
  });

  it('that are missing or deleted give the default or undefined', () => {
    const jar = jarOf(`a=${signed('value')}`);
    jar.delete('a');
    for (const name of ['a', 'b']) {
      expect(jar.getSigned(name)).toBeUndefined();
      expect(jar.getSigned(name, { default: 'd' })).toBe('d');
      expect(jar.getSigned(name, { default: null })).toBeNull();
    }
  });

  it.each([
    ['altered', altered],
    ['unsigned', 'value'],
    ['empty', ''],
    ['signed for another salt', signed('value', 'other')],
    ['signed for another name', own.signer.sign('b', 'value')],
  ])('that are %s throw unless there is a default', (_, value) => {
    const jar = jarOf(`a=${value}`);
    expect(() => jar.getSigned('a')).toThrow(BadSignatureError);
    expect(() => jar.getSigned('a', {})).toThrow(BadSignatureError);
    expect(jar.getSigned('a', { default: 'd' })).toBe('d');
    expect(jar.getSigned('a', { default: null })).toBeNull();
    expect(jar.getSigned('a', { default: undefined })).toBeUndefined();
  });

  it('that are too old throw unless there is a default', () => {
    const clock = new TestClock(FROZEN_SECONDS * 1000);
    const settings: CookieJarSettings = {
      quoting: 'percent',
      clock,
      signer: new SignedCookieValues({ secret: SECRET, format: 'v2', clock }),
    };
    const written = jarOf(undefined, settings);
    written.setSigned('a', 'value');
    const jar = jarOf(headerAfter(written), settings);
    clock.advance(11);
    expect(jar.getSigned('a', { maxAge: 11 })).toBe('value');
    expect(() => jar.getSigned('a', { maxAge: 10 })).toThrow(SignatureExpiredError);
    expect(jar.getSigned('a', { maxAge: 10, default: 'd' })).toBe('d');
  });

  it('that come more than once give the first that verifies', () => {
    const header = `a=planted; a=${altered}; a=${signed('first')}; a=${signed('second')}`;
    expect(jarOf(header).getSigned('a')).toBe('first');
    expect(() => jarOf(`a=planted; a=${altered}`).getSigned('a')).toThrow(BadSignatureError);
  });

  it('pass on what is no matter of signatures', () => {
    const signer = {
      unsign: () => {
        throw new RangeError('broken');
      },
    } as unknown as SignedCookieValues;
    expect(() => jarOf('a=1', { ...own, signer }).getSigned('a', { default: 'd' })).toThrow(RangeError);
  });

  it('are too long when the signature makes them so', () => {
    const jar = jarOf();
    jar.set('a', 'v'.repeat(4090));
    expect(() => jar.setSigned('a', 'v'.repeat(4090))).toThrow(CookieOverflowError);
  });

  it.each(['a\nb', '\ud83d'])('refuse %j as plain ones do', (value) => {
    expect(() => jarOf().setSigned('a', value)).toThrow(InvalidCookieError);
  });
});
