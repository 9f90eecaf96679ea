import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import {
  BadSignatureError,
  SessionOptionsError,
  SessionValueError,
  SignatureExpiredError,
} from '../../../src/errors/index.js';
import { SealedPayload } from '../../../src/signing/sealed-payload.js';
import { SignedPayload } from '../../../src/signing/signed-payload.js';
import { TestClock } from '../../support/test-clock.js';

const secret = 'test-secret-key';
const purpose = 'a test';
const START = 1_700_000_000_250;

/** Sealed by version 1 of the format, whose values must stay readable. */
const RECORDED = 'AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhvPKfPqYg4zsdMgEtKvKwts53dWWKlihGVkser32Q';

/** The format, written down a second time. */
function sealByHand(plain: Buffer, { version = 1, with: key = secret } = {}): string {
  const random = Buffer.from(Array.from({ length: 28 }, (_, n) => n));
  const purposeKey = Buffer.from(hkdfSync('sha256', key, 'nest-sessions.sealed', purpose, 32));
  const messageKey = createHmac('sha256', purposeKey).update(random.subarray(0, 16)).digest();
  const cipher = createCipheriv('aes-256-gcm', messageKey, random.subarray(16)).setAAD(Buffer.from([version]));
  const encrypted = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([version]), random, encrypted, cipher.getAuthTag()]).toString('base64url');
}

function timed(milliseconds: number, text: string): Buffer {
  const time = Buffer.alloc(6);
  time.writeUIntBE(milliseconds, 0, 6);
  return Buffer.concat([time, Buffer.from(text)]);
}

describe('SealedPayload', () => {
  const clock = new TestClock(START);
  const payload = new SealedPayload({ secret, purpose, clock });

  it.each([0, 1, 2, 3, 100, 4096, 100_000])('brings %d characters back', (length) => {
    const text = 'aé清😀'
      .repeat(length)
      .slice(0, length)
      .replace(/\ud83d$/, '!');
    expect(payload.unseal(payload.seal(text))).toEqual({ text, sealedAt: new Date(START) });
  });

  it('writes only letters, digits, "-" and "_"', () => {
    expect(payload.seal('a;b c\n'.repeat(100))).toMatch(/^[\w-]+$/);
  });

  it('never writes the same twice', () => {
    const values = Array.from({ length: 1000 }, () => Buffer.from(payload.seal('{}'), 'base64url').toString('hex'));
    const salts = new Set(values.map((value) => value.slice(2, 34)));
    const nonces = new Set(values.map((value) => value.slice(34, 58)));
    const rests = new Set(values.map((value) => value.slice(58)));
    expect([salts.size, nonces.size, rests.size]).toEqual([1000, 1000, 1000]);
  });

  it('reads its recorded format, and the same by hand', () => {
    expect(sealByHand(timed(START, '{"a":1}'))).toBe(RECORDED);
    expect(payload.unseal(RECORDED)).toEqual({ text: '{"a":1}', sealedAt: new Date(START) });
  });

  it('refuses another version, though rightly sealed', () => {
    for (const version of [0, 2, 255]) {
      expect(() => payload.unseal(sealByHand(timed(START, '{}'), { version }))).toThrow(BadSignatureError);
    }
  });

  it('refuses what is too short to hold a time, though rightly sealed', () => {
    expect(() => payload.unseal(sealByHand(Buffer.alloc(5)))).toThrow(BadSignatureError);
    expect(payload.unseal(sealByHand(timed(START, ''))).text).toBe('');
  });

  it('shows nothing of the text but its length', () => {
    const token = 'secret-token-0123456789';
    expect(Buffer.from(payload.seal(token), 'base64url').toString('latin1')).not.toContain('token');
    // A text that repeats itself is not shorter, or a guess at the rest of it could be told from its length.
    expect(payload.seal(`${token}${token}`)).toHaveLength(payload.seal(`${token}${'#'.repeat(token.length)}`).length);
  });

  it('notices every changed bit of every letter', () => {
    for (const text of ['{"a":1}', '{"ab":1}', '{"abc":1}']) {
      const sealed = payload.seal(text);
      for (let at = 0; at < sealed.length; at++) {
        for (let bit = 1; bit < 256; bit *= 2) {
          const changed = sealed.slice(0, at) + String.fromCharCode(sealed.charCodeAt(at) ^ bit) + sealed.slice(at + 1);
          expect(() => payload.unseal(changed)).toThrow(BadSignatureError);
        }
      }
    }
  });

  it('notices every changed byte, a cut and an addition', () => {
    const bytes = Buffer.from(payload.seal('{"a":1}'), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      for (const flip of [1, 0x80, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        expect(() => payload.unseal(changed.toString('base64url'))).toThrow(BadSignatureError);
      }
      expect(() => payload.unseal(bytes.subarray(0, at).toString('base64url'))).toThrow(BadSignatureError);
      expect(() => payload.unseal(bytes.subarray(at + 1).toString('base64url'))).toThrow(BadSignatureError);
    }
    expect(() => payload.unseal(Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url'))).toThrow(
      BadSignatureError,
    );
  });

  it.each([
    ['nothing', () => ''],
    ['padding', (sealed: string) => `${sealed}=`],
    ['white space', (sealed: string) => `${sealed} `],
    ['a line break', (sealed: string) => `${sealed.slice(0, 8)}\n${sealed.slice(8)}`],
    ['the other alphabet', (sealed: string) => sealed.replaceAll('-', '+').replaceAll('_', '/')],
    ['a letter outside ASCII', (sealed: string) => `${sealed}é`],
    ['a megabyte of letters', () => 'A'.repeat(1_000_000)],
  ])('refuses %s', (_name, alter) => {
    let sealed = payload.seal('{"a":1}');
    while (!/-.*_|_.*-/.test(sealed)) sealed = payload.seal('{"a":1}');
    expect(() => payload.unseal(alter(sealed))).toThrow(BadSignatureError);
  });

  it('refuses another spelling of the same bytes', () => {
    const sealed = payload.seal('{}');
    const bytes = Buffer.from(sealed, 'base64url');
    const spellings = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_')
      .map((letter) => sealed.slice(0, -1) + letter)
      .filter((spelling) => spelling !== sealed && Buffer.from(spelling, 'base64url').equals(bytes));
    expect(spellings.length).toBeGreaterThan(0);
    for (const spelling of spellings) expect(() => payload.unseal(spelling)).toThrow(BadSignatureError);
  });

  it('does not open for another purpose or with another secret', () => {
    const sealed = payload.seal('{}');
    expect(() => new SealedPayload({ secret, purpose: 'another' }).unseal(sealed)).toThrow(BadSignatureError);
    expect(() => new SealedPayload({ secret: 'x', purpose }).unseal(sealed)).toThrow(BadSignatureError);
    expect(new SealedPayload({ secret: Buffer.from(secret), purpose }).unseal(sealed).text).toBe('{}');
  });

  it('opens what a former secret sealed, and seals with the present one', () => {
    const rotated = new SealedPayload({ secret: 'new', secretFallbacks: ['x', secret], purpose });
    const present = new SealedPayload({ secret: 'new', purpose });
    expect(rotated.unseal(payload.seal('{}')).text).toBe('{}');
    expect(present.unseal(rotated.seal('{}')).text).toBe('{}');
    expect(() => payload.unseal(rotated.seal('{}'))).toThrow(BadSignatureError);
  });

  it('does not open what was only signed, and the reverse', () => {
    const signed = new SignedPayload({ secret, salt: purpose });
    expect(() => payload.unseal(signed.pack('{}'))).toThrow(BadSignatureError);
    expect(() => signed.unpack(payload.seal('{}'))).toThrow(BadSignatureError);
  });

  it('expires after exactly maxAge seconds, and not for a clock that is behind', () => {
    const sealed = payload.seal('{}');
    const at = (seconds: number) =>
      new SealedPayload({ secret, purpose, clock: new TestClock(START + seconds * 1000) });
    expect(at(10).unseal(sealed, { maxAge: 10 }).text).toBe('{}');
    expect(at(-10).unseal(sealed, { maxAge: 0 }).text).toBe('{}');
    expect(at(1e6).unseal(sealed).text).toBe('{}');
    expect(() => at(10.001).unseal(sealed, { maxAge: 10 })).toThrow(SignatureExpiredError);
    expect(() => at(0).unseal(sealed, { maxAge: Number.NaN })).toThrow(SignatureExpiredError);
  });

  it('does not say what it was given', () => {
    const forged = 'AQforgedforged';
    expect(() => payload.unseal(forged)).toThrow(
      expect.objectContaining({ code: 'BAD_SIGNATURE', message: expect.not.stringContaining('forged') }),
    );
  });

  it('refuses half of a surrogate pair, which would come back as another character', () => {
    expect(() => payload.seal('\ud83d')).toThrow(SessionValueError);
  });

  it.each([{ secret: '' }, { secret, secretFallbacks: [''] }])('refuses an empty secret', (keys) => {
    expect(() => new SealedPayload({ ...keys, purpose })).toThrow(SessionOptionsError);
  });
});
