import { deflateSync } from 'node:zlib';
import { BadSignatureError, SessionValueError, SignatureExpiredError } from '../../../src/errors/index.js';
import { readJson, splitMembers, writeJson } from '../../../src/signing/json-text.js';
import { MAX_INFLATED_BYTES, SignedPayload } from '../../../src/signing/signed-payload.js';
import { TimestampSigner } from '../../../src/signing/timestamp-signer.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

interface PackRow {
  name: string;
  value: unknown;
  salt: string;
  secret: string;
  time: number;
}

interface DumpsRow extends PackRow {
  compress: boolean;
  encoded: string;
  is_compressed: boolean;
}

interface SessionRow extends Omit<DumpsRow, 'salt'> {
  key_salt: string;
  serialized: string;
}

interface CookieRow extends PackRow {
  cookie_value: string;
  cookie_header_pair: string;
}

interface LoadRow {
  case: string;
  cookie_value: string;
  now: number;
  result: { ok: unknown };
}

interface DecodeRow {
  name: string;
  session_data: string;
  result: { ok: unknown };
}

interface FallbackRow {
  signed_with: string;
  SECRET_KEY: string;
  SECRET_KEY_FALLBACKS: string[];
  session_data: string;
  decode: unknown;
  signed_cookie_session: string;
  signed_cookie_session_load: unknown;
  re_encoded_uses_new_key: string;
}

const secret: string = vectors.meta.secret_key;
const SESSION_SALT = 'django.contrib.sessions.SessionStore';
const COOKIE_SALT = 'django.contrib.sessions.backends.signed_cookies';

/** The JSON of a row, which for some numbers cannot be computed from its value. */
function textOf({ name, value }: { name: string; value: unknown }): string {
  const row = vectors.json.find((row: { name: string }) => row.name === name);
  return row?.serialized ?? writeJson(value);
}

/** zlib's output differs between builds, its content does not. */
function expectSamePayload(payload: SignedPayload, text: string, encoded: string, compress: boolean): void {
  const packed = payload.pack(text, { compress });
  expect(packed.startsWith('.')).toBe(encoded.startsWith('.'));
  if (!encoded.startsWith('.')) expect(packed).toBe(encoded);
  expect(payload.unpack(packed)).toBe(text);
  expect(payload.unpack(encoded)).toBe(text);
}

describe('SignedPayload', () => {
  it.each<DumpsRow>(vectors.dumps)('packs $name with salt $salt as dumps of Django does', (row) => {
    const payload = new SignedPayload({ secret: row.secret, salt: row.salt, clock: new TestClock(row.time * 1000) });
    expect(row.encoded.startsWith('.')).toBe(row.is_compressed);
    expectSamePayload(payload, textOf(row), row.encoded, row.compress);
  });

  it.each<SessionRow>(vectors.session_data)('packs the session $name as Django does', (row) => {
    const payload = new SignedPayload({
      secret: row.secret,
      salt: row.key_salt,
      clock: new TestClock(row.time * 1000),
    });
    expect(row.encoded.startsWith('.')).toBe(row.is_compressed);
    expectSamePayload(payload, row.serialized, row.encoded, true);
  });

  it.each<CookieRow>(vectors.signed_cookie_sessions.encode)(
    'packs the signed cookie session $name as Django does',
    (row) => {
      const payload = new SignedPayload({ secret: row.secret, salt: row.salt, clock: new TestClock(row.time * 1000) });
      expectSamePayload(payload, textOf(row), row.cookie_value, true);
      expect(`sessionid=${row.cookie_value}`).toBe(row.cookie_header_pair);
    },
  );

  it.each<LoadRow>(vectors.signed_cookie_sessions.load)('answers as Django to a cookie that is $case', (row) => {
    const payload = new SignedPayload({ secret, salt: COOKIE_SALT, clock: new TestClock(row.now * 1000) });
    const load = (): unknown => readJson(payload.unpack(row.cookie_value, { maxAge: 1_209_600 }));
    if (row.case === 'fresh') expect(load()).toEqual(row.result.ok);
    else expect(load).toThrow(row.case === 'past_age' ? SignatureExpiredError : BadSignatureError);
  });

  it.each<DecodeRow>(vectors.decode_bad)('makes of $name what Django does', ({ name, session_data, result }) => {
    const payload = new SignedPayload({ secret, salt: SESSION_SALT });
    const decode = (): unknown => readJson(payload.unpack(session_data));
    if (name === 'signed_not_json') expect(decode).toThrow(SyntaxError);
    else if (name === 'good' || name === 'signed_list_not_dict') expect(decode()).toEqual(result.ok);
    else expect(decode).toThrow(BadSignatureError);
    if (name === 'signed_list_not_dict') {
      expect(payload.unpack(session_data)).toBe('[1,2]');
      expect(() => splitMembers(payload.unpack(session_data))).toThrow(SyntaxError);
    }
  });

  describe.each(Object.keys(vectors.other_versions))('with the fallbacks of Django %s', (version) => {
    it.each<FallbackRow>(vectors.other_versions[version].sections.fallbacks)(
      'reads what $signed_with signed when the fallbacks are $SECRET_KEY_FALLBACKS',
      (row) => {
        const keys = { secret: row.SECRET_KEY, secretFallbacks: row.SECRET_KEY_FALLBACKS, clock: new TestClock() };
        const isKnown = row.SECRET_KEY_FALLBACKS.includes(row.signed_with);
        const session = new SignedPayload({ ...keys, salt: SESSION_SALT });
        const cookie = new SignedPayload({ ...keys, salt: COOKIE_SALT });
        const cases: [() => unknown, unknown][] = [
          [() => readJson(session.unpack(row.session_data)), row.decode],
          [() => readJson(cookie.unpack(row.signed_cookie_session)), row.signed_cookie_session_load],
        ];
        for (const [decode, expected] of cases) {
          if (isKnown) expect(decode()).toEqual(expected);
          else expect(decode).toThrow(BadSignatureError);
        }
        expect(session.pack('{"a":1}', { compress: true })).toBe(row.re_encoded_uses_new_key);
      },
    );
  });

  const keys = { secret, clock: new TestClock() };
  const payload = new SignedPayload(keys);
  /** Signs as the payload's own signer would, whatever the content. */
  const sign = (content: string): string => new TimestampSigner({ ...keys, salt: 'django.core.signing' }).sign(content);

  it('does not compress unless asked, and only where it saves at least two bytes', () => {
    const text = JSON.stringify({ data: 'abcdefghij'.repeat(100) });
    expect(payload.pack(text)).not.toMatch(/^\./);
    expect(payload.pack(text, { compress: true })).toMatch(/^\./);
    for (let length = 0; length < 40; length++) {
      const text = 'a'.repeat(length);
      const isShorter = deflateSync(text).length < length - 1;
      expect(payload.pack(text, { compress: true }).startsWith('.')).toBe(isShorter);
    }
  });

  it.each([0, 1, 2, 3, 4, 100, 5_000, 100_000, 3_000_000])('brings %d characters back', (length) => {
    const text = Array.from({ length }, (_, n) => String.fromCharCode((n * n) % 256)).join('');
    for (const compress of [false, true]) {
      const packed = payload.pack(text, { compress });
      expect(packed).toMatch(/^\.?[\w-]*:1r31eq:[\w-]{43}$/);
      expect(payload.unpack(packed, { maxAge: 1 }) === text).toBe(true);
    }
  });

  it('reads raw UTF-8 as Django would, unless told that it is UTF-8', () => {
    const utf8 = new SignedPayload({ ...keys, charset: 'utf8' });
    const packed = utf8.pack('Bjørn 清風 😀');
    expect(utf8.unpack(packed)).toBe('Bjørn 清風 😀');
    expect(payload.unpack(packed)).toBe(Buffer.from('Bjørn 清風 😀').toString('latin1'));
    expect(() => utf8.unpack(payload.pack('Bjørn'))).toThrow(BadSignatureError);
  });

  it('refuses text that the charset would change', () => {
    expect(() => payload.pack('清')).toThrow(SessionValueError);
    expect(() => new SignedPayload({ ...keys, charset: 'utf8' }).pack('\ud83d')).toThrow(SessionValueError);
    expect(payload.unpack(payload.pack('\0\x7f\x80ÿ'))).toBe('\0\x7f\x80ÿ');
  });

  it('notices every changed bit', () => {
    for (const packed of [payload.pack('{"a":1}'), payload.pack('a'.repeat(200), { compress: true })]) {
      for (let at = 0; at < packed.length; at++) {
        for (let bit = 1; bit < 256; bit *= 2) {
          const changed = packed.slice(0, at) + String.fromCharCode(packed.charCodeAt(at) ^ bit) + packed.slice(at + 1);
          expect(() => payload.unpack(changed)).toThrow(BadSignatureError);
        }
      }
    }
  });

  it('notices that the dot of a compressed payload was taken away or added', () => {
    expect(() => payload.unpack(payload.pack('a'.repeat(200), { compress: true }).slice(1))).toThrow(BadSignatureError);
    expect(() => payload.unpack(`.${payload.pack('{"a":1}')}`)).toThrow(BadSignatureError);
  });

  it.each([
    ['padding', 'eyJhIjoxfQ=='],
    ['the other alphabet', 'a+/b'],
    ['white space', 'eyJh IjoxfQ'],
    ['a line break', 'eyJhIjoxfQ\n'],
    ['a length that base64 cannot have', 'eyJhI'],
    ['a dot inside', 'eyJh.IjoxfQ'],
    ['a separator inside', 'eyJh:IjoxfQ'],
    ['a letter outside ASCII', 'eyJhIjoxfQé'],
    ['a compressed mark and no zlib data', '.eyJhIjoxfQ'],
    ['a compressed mark and nothing', '.'],
    ['two compressed marks', `..${deflateSync('{}').toString('base64url')}`],
    ['zlib data that is cut off', `.${deflateSync('{"a":1}').subarray(0, -1).toString('base64url')}`],
  ])('refuses %s, though rightly signed, and says that it could not be decoded', (_name, content) => {
    const error = expect.objectContaining({
      code: 'BAD_SIGNATURE',
      message: expect.stringContaining('could not be decoded'),
    });
    expect(() => payload.unpack(sign(content))).toThrow(BadSignatureError);
    expect(() => payload.unpack(sign(content))).toThrow(error);
  });

  it('refuses a zip bomb before it is inflated', () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
    expect(() => payload.unpack(sign(`.${bomb.toString('base64url')}`))).toThrow(BadSignatureError);
  });

  it('inflates up to its bound and not a byte further', () => {
    const zeros = (bytes: number): string => `.${deflateSync(Buffer.alloc(bytes)).toString('base64url')}`;
    expect(payload.unpack(sign(zeros(MAX_INFLATED_BYTES)))).toHaveLength(MAX_INFLATED_BYTES);
    expect(() => payload.unpack(sign(zeros(MAX_INFLATED_BYTES + 1)))).toThrow('inflates to more than 16777216 bytes');
  });

  it('expires', () => {
    const packed = payload.pack('{}');
    const later = new SignedPayload({ secret, clock: new TestClock((FROZEN_SECONDS + 10.5) * 1000) });
    expect(() => later.unpack(packed, { maxAge: 10 })).toThrow(SignatureExpiredError);
    expect(later.unpack(packed, { maxAge: 10.5 })).toBe('{}');
    expect(later.unpack(packed)).toBe('{}');
  });
});
