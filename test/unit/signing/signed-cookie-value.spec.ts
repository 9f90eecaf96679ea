import { jest } from '@jest/globals';
import {
  BadSignatureError,
  SessionOptionsError,
  SessionValueError,
  SignatureExpiredError,
} from '../../../src/errors/index.js';
import { SignedCookieValues } from '../../../src/signing/signed-cookie-value.js';
import type { SignedCookieFormat, SignedCookieOptions } from '../../../src/signing/signed-cookie-value.js';
import { TimestampSigner } from '../../../src/signing/timestamp-signer.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

interface SetRow {
  name: string;
  value: string;
  salt: string;
  time: number;
  secret: string;
  signed_value: string;
}

interface GetRow {
  case: string;
  cookies: Record<string, string>;
  key: string;
  kwargs: { max_age?: number; default?: string | null };
  now: number;
  result: { ok: string | null };
}

interface SaltRow {
  name: string;
  salt: string;
  v2_salt: string;
  legacy_salt: string;
}

interface ReadRow {
  name: string;
  salt: string;
  value: string;
  SIGNED_COOKIE_LEGACY_SALT_FALLBACK: boolean;
  result: { ok: string } | { error: string };
}

interface FallbackRow {
  SECRET_KEY: string;
  SECRET_KEY_FALLBACKS: string[];
  signed_cookie: string;
  get_signed_cookie: { ok: string } | { error: string };
}

const secret: string = vectors.meta.secret_key;
const { set_signed_cookie: changed, cookie_salt_v2: version2 } = vectors.other_versions['5.2.17'].sections;
const formats: SignedCookieFormat[] = ['v2', 'legacy'];

function cookies(format: SignedCookieFormat, options: Partial<SignedCookieOptions> = {}): SignedCookieValues {
  return new SignedCookieValues({ secret, clock: new TestClock(), ...options, format });
}

const legacyRows: SetRow[] = [
  ...vectors.set_signed_cookie,
  ...changed.changed_items.map((item: { base: SetRow }) => item.base),
];
const version2Rows: SetRow[] = changed.changed_items.map((item: { this: SetRow }) => item.this);

describe.each([
  ['legacy' as const, '3.2.25', legacyRows],
  ['v2' as const, '5.2.17', version2Rows],
])('a signed cookie in the format %s of Django %s', (format, _version, rows) => {
  it.each(rows)('is signed for name $name, salt "$salt" and value $value', (row) => {
    const clock = new TestClock(row.time * 1000 + 250);
    expect(cookies(format, { secret: row.secret, clock }).sign(row.name, row.value, row.salt)).toBe(row.signed_value);
  });

  it.each(rows)('is read for name $name, salt "$salt" and value $value', ({ name, value, salt, signed_value }) => {
    for (const written of formats) expect(cookies(written).unsign(name, signed_value, { salt })).toBe(value);
  });
});

describe('SignedCookieValues', () => {
  it.each<GetRow>(vectors.get_signed_cookie)('answers as get_signed_cookie does when it is $case', (row) => {
    const values = cookies('legacy', { clock: new TestClock(row.now * 1000) });
    const signed = row.cookies[row.key];
    const read = (): string => values.unsign(row.key, signed ?? '', { maxAge: row.kwargs.max_age });
    if (signed === undefined) expect(row.result.ok).toBe(row.kwargs.default);
    else if (row.case === 'ok' || row.case === 'max_age_ok') expect(read()).toBe(row.result.ok);
    else expect(read).toThrow(row.case === 'max_age_expired_default' ? SignatureExpiredError : BadSignatureError);
  });

  it.each<SaltRow>(version2.salts)(
    'derives the salts of name $name with salt "$salt"',
    ({ name, salt, v2_salt, legacy_salt }) => {
      const keys = { secret: `django.http.cookies${secret}`, clock: new TestClock() };
      const expected = { v2: v2_salt, legacy: legacy_salt };
      for (const format of formats) {
        const signed = new TimestampSigner({ ...keys, salt: expected[format] }).sign('hello');
        expect(cookies(format).sign(name, 'hello', salt)).toBe(signed);
      }
    },
  );

  it.each<ReadRow>(version2.reads)(
    'answers as Django 5.2.17 to name $name in the format $format, legacy fallback $SIGNED_COOKIE_LEGACY_SALT_FALLBACK',
    ({ name, salt, value, SIGNED_COOKIE_LEGACY_SALT_FALLBACK: legacyFallback, result }) => {
      const read = (): string => cookies('v2', { legacyFallback }).unsign(name, value, { salt });
      if ('ok' in result) expect(read()).toBe(result.ok);
      else expect(read).toThrow(BadSignatureError);
    },
  );

  describe.each(Object.keys(vectors.other_versions))('with the fallbacks of Django %s', (version) => {
    it.each<FallbackRow>(vectors.other_versions[version].sections.fallbacks)(
      'reads what $signed_with signed when the fallbacks are $SECRET_KEY_FALLBACKS',
      ({ SECRET_KEY: secret, SECRET_KEY_FALLBACKS: secretFallbacks, signed_cookie, get_signed_cookie: result }) => {
        const read = (): string => cookies('v2', { secret, secretFallbacks }).unsign('c', signed_cookie);
        if ('ok' in result) expect(read()).toBe(result.ok);
        else expect(read).toThrow(BadSignatureError);
      },
    );
  });

  it('does not take name a with salt bc for name ab with salt c in v2', () => {
    const values = cookies('v2');
    const signed = values.sign('a', 'hello', 'bc');
    expect(values.unsign('a', signed, { salt: 'bc' })).toBe('hello');
    expect(() => values.unsign('ab', signed, { salt: 'c' })).toThrow(BadSignatureError);
    expect(() => values.unsign('abc', signed)).toThrow(BadSignatureError);
    expect(cookies('legacy').sign('a', 'hello', 'bc')).toBe(cookies('legacy').sign('ab', 'hello', 'c'));
  });

  it.each(formats)('binds a value in the format %s to its name and its salt', (format) => {
    const values = cookies(format);
    const signed = values.sign('name', 'hello', 'salt');
    expect(() => values.unsign('other', signed, { salt: 'salt' })).toThrow(BadSignatureError);
    expect(() => values.unsign('name', signed, { salt: 'other' })).toThrow(BadSignatureError);
    expect(() => values.unsign('name', signed)).toThrow(BadSignatureError);
  });

  it.each(formats)('never takes an expired value in the format %s for one of the other', (format) => {
    const signed = cookies(format).sign('c', 'hello');
    const clock = new TestClock((FROZEN_SECONDS + 11) * 1000);
    for (const written of formats) {
      const values = cookies(written, { clock });
      expect(() => values.unsign('c', signed, { maxAge: 10 })).toThrow(SignatureExpiredError);
      expect(values.unsign('c', signed, { maxAge: 11 })).toBe('hello');
    }
  });

  it.each(formats)('notices every changed bit in the format %s', (format) => {
    const values = cookies(format);
    const signed = values.sign('c', 'hello');
    for (let at = 0; at < signed.length; at++) {
      for (let bit = 1; bit < 256; bit *= 2) {
        const changed = signed.slice(0, at) + String.fromCharCode(signed.charCodeAt(at) ^ bit) + signed.slice(at + 1);
        expect(() => values.unsign('c', changed)).toThrow(BadSignatureError);
      }
    }
  });

  it('takes a secret of bytes that are no text', () => {
    const values = cookies('legacy', { secret: Uint8Array.of(0xe7), secretFallbacks: [Uint8Array.of(0xe8)] });
    expect(values.unsign('c', values.sign('c', 'hello'))).toBe('hello');
    const old = cookies('v2', { secret: Uint8Array.of(0xe8) }).sign('c', 'hello');
    expect(values.unsign('c', old)).toBe('hello');
  });

  it('refuses an empty secret, although the key would not be empty', () => {
    expect(() => cookies('v2', { secret: '' })).toThrow(SessionOptionsError);
    expect(() => cookies('v2', { secretFallbacks: [''] })).toThrow(SessionOptionsError);
  });

  it('refuses to sign half a surrogate pair', () => {
    expect(() => cookies('v2').sign('c', '\ud83d')).toThrow(SessionValueError);
  });

  it('stays right, and small, however many names it meets', () => {
    const values = cookies('v2');
    const first = values.sign('name 0', 'hello');
    const set = jest.spyOn(Map.prototype, 'set');
    for (let n = 0; n < 1000; n++) expect(values.unsign(`name ${n}`, values.sign(`name ${n}`, 'hello'))).toBe('hello');
    const sizes = new Set(set.mock.contexts.map((map) => (map as Map<unknown, unknown>).size));
    set.mockRestore();
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect(values.sign('name 0', 'hello')).toBe(first);
  });
});
