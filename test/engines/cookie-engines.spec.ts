import { EncryptedCookieEngine, SignedCookieEngine } from '../../src/engines/cookie/index.js';
import type { CookieSessionEngine } from '../../src/engines/cookie-session-engine.js';
import { BadSignatureError } from '../../src/errors/index.js';
import { jsonText } from '../../src/session/session-text.js';
import { TestClock } from '../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../support/vectors.js';

const secret: string = vectors.meta.secret_key;
const cookieName = 'sessionid';

interface EncodeRow {
  name: string;
  value: unknown;
  cookie_value: string;
  time: number;
  length: number;
}

interface LoadRow {
  case: string;
  cookie_value: string;
  result: { ok: unknown };
}

interface FallbackRow {
  signed_with: string;
  SECRET_KEY: string;
  SECRET_KEY_FALLBACKS: string[];
  signed_cookie_session: string;
}

const kinds = [
  {
    name: 'signed_cookies',
    create: (keys: { secret: string; secretFallbacks?: string[] }, clock = new TestClock()): CookieSessionEngine =>
      new SignedCookieEngine({ ...keys, clock }),
  },
  {
    name: 'encrypted_cookies',
    create: (keys: { secret: string; secretFallbacks?: string[] }, clock = new TestClock()): CookieSessionEngine =>
      new EncryptedCookieEngine({ ...keys, clock, cookieName }),
  },
];

describe.each(kinds)('the engine $name', ({ name, create }) => {
  const engine = create({ secret });

  it('is called so', () => {
    expect(engine.name).toBe(name);
  });

  it('brings the text back, with the time', () => {
    for (const text of ['', '{}', '{"a":1.0}', `{"a":"${'b'.repeat(5000)}"}`]) {
      const { text: unsealed, sealedAt } = engine.unseal(engine.seal(text));
      expect(unsealed).toBe(text);
      expect(Math.floor(sealedAt.getTime() / 1000)).toBe(FROZEN_SECONDS);
    }
  });

  it('writes only what a cookie carries as it stands', () => {
    expect(engine.seal('{"s":"a;b,c d=\\"e\\"\\\\f"}')).toMatch(/^[\w.:-]+$/);
    expect(engine.seal(`{"a":"${'b'.repeat(5000)}"}`)).toMatch(/^[\w.:-]+$/);
  });

  it('notices every changed letter', () => {
    for (const text of ['{"a":1}', `{"a":"${'b'.repeat(100)}"}`]) {
      const value = engine.seal(text);
      for (let at = 0; at < value.length; at++) {
        for (const letter of ['A', 'z', '_', ':', '.']) {
          if (letter === value[at]) continue;
          const altered = value.slice(0, at) + letter + value.slice(at + 1);
          expect(() => engine.unseal(altered)).toThrow(BadSignatureError);
        }
      }
    }
  });

  it.each(['', ':', '::', '.', 'e30', 'e30::', 'x'.repeat(32), 'A'.repeat(10_000)])('refuses %j', (value) => {
    expect(() => engine.unseal(value)).toThrow(BadSignatureError);
  });

  it('opens what a former secret made, and makes with the present one', () => {
    const rotated = create({ secret: 'new', secretFallbacks: ['x', secret] });
    expect(rotated.unseal(engine.seal('{}')).text).toBe('{}');
    expect(create({ secret: 'new' }).unseal(rotated.seal('{}')).text).toBe('{}');
    expect(() => create({ secret: 'new' }).unseal(engine.seal('{}'))).toThrow(BadSignatureError);
  });

  it('takes nothing from the other engine', () => {
    for (const other of kinds.filter((kind) => kind.name !== name)) {
      const value = other.create({ secret, secretFallbacks: ['x'] }).seal('{"admin":true}');
      expect(() => engine.unseal(value)).toThrow(BadSignatureError);
      expect(() => create({ secret: 'new', secretFallbacks: [secret] }).unseal(value)).toThrow(BadSignatureError);
    }
  });
});

describe('the engine encrypted_cookies', () => {
  it('opens the cookie of no other name', () => {
    const value = new EncryptedCookieEngine({ secret, cookieName: 'admin' }).seal('{}');
    for (const cookieName of ['sessionid', 'admi', 'admin2', 'Admin', '']) {
      expect(() => new EncryptedCookieEngine({ secret, cookieName }).unseal(value)).toThrow(BadSignatureError);
    }
  });

  it('takes characters of any script', () => {
    const engine = new EncryptedCookieEngine({ secret, cookieName });
    expect(engine.unseal(engine.seal('Bjørn 清風 😀')).text).toBe('Bjørn 清風 😀');
  });
});

describe("the engine signed_cookies, by Django's records,", () => {
  it.each<EncodeRow>(vectors.signed_cookie_sessions.encode)('reads and writes $name', (row) => {
    const engine = new SignedCookieEngine({ secret, clock: new TestClock(row.time * 1000) });
    const { text, sealedAt } = engine.unseal(row.cookie_value);
    expect(sealedAt).toEqual(new Date(row.time * 1000));
    expect(Object.fromEntries(jsonText.read(text))).toEqual(row.value);
    const value = engine.seal(text);
    // Below a kilobyte nothing is compressed here, and the bytes of compressed data depend on the build of zlib.
    if (value.startsWith('.')) expect(Math.abs(value.length - row.length)).toBeLessThan(10);
    else if (!row.cookie_value.startsWith('.')) expect(value).toBe(row.cookie_value);
    expect(value.startsWith('.')).toBe(row.cookie_value.startsWith('.') && text.length >= 1024);
    expect(engine.unseal(value).text).toBe(text);
  });

  it.each<LoadRow>(vectors.signed_cookie_sessions.load)('answers to a cookie that is $case', (row) => {
    const engine = new SignedCookieEngine({ secret });
    const load = (): unknown => JSON.parse(engine.unseal(row.cookie_value).text);
    // How old it may be is for the one who loads it to say.
    if (row.case === 'fresh') expect(load()).toEqual(row.result.ok);
    else if (row.case === 'past_age') expect(load()).toEqual({ a: 1 });
    else expect(load).toThrow(BadSignatureError);
  });

  it.each<FallbackRow>(vectors.other_versions['5.2.17'].sections.fallbacks)(
    'reads what $signed_with signed when the fallbacks are $SECRET_KEY_FALLBACKS',
    (row) => {
      const engine = new SignedCookieEngine({ secret: row.SECRET_KEY, secretFallbacks: row.SECRET_KEY_FALLBACKS });
      const isKnown = row.SECRET_KEY_FALLBACKS.includes(row.signed_with);
      if (isKnown) expect(engine.unseal(row.signed_cookie_session).text).toBe('{"a":1}');
      else expect(() => engine.unseal(row.signed_cookie_session)).toThrow(BadSignatureError);
    },
  );
});
