import { BadSignatureError, SessionOptionsError, SessionValueError } from '../../../src/errors/index.js';
import { Signer } from '../../../src/signing/signer.js';
import { vectors } from '../../support/vectors.js';

const secret: string = vectors.meta.secret_key;
const signer = new Signer({ secret });

interface SignerRow {
  value: string;
  salt: string | null;
  secret: string;
  signed: string;
}

interface UnsignRow {
  signer: 'plain' | 'timestamp';
  signed: string;
  result: { ok: string } | { error: string };
}

/** What unsigning answers, or the class of its error. */
function outcome(action: () => string): unknown {
  try {
    return { ok: action() };
  } catch (error) {
    return { error: (error as Error).constructor };
  }
}

describe('Signer', () => {
  it.each<SignerRow>(vectors.signer)('signs "$value" as Django does', ({ value, salt, secret, signed }) => {
    const signer = new Signer({ secret, salt: salt ?? undefined });
    expect(signer.sign(value)).toBe(signed);
    expect(signer.unsign(signed)).toBe(value);
  });

  const plain: UnsignRow[] = vectors.signer_errors.filter((row: UnsignRow) => row.signer === 'plain');
  it.each(plain)('answers as Django to $signed', ({ signed, result }) => {
    const expected = 'error' in result ? { error: BadSignatureError } : result;
    expect(outcome(() => signer.unsign(signed))).toEqual(expected);
  });

  it('takes an empty salt for the default, as Django does', () => {
    expect(new Signer({ secret, salt: '' }).sign('hello')).toBe(signer.sign('hello'));
  });

  it('signs with SHA-512 on demand', () => {
    const signer = new Signer({ secret: 'predictable-secret', algorithm: 'sha512' });
    expect(signer.sign('hello')).toBe(
      'hello:Usf3uVQOZ9m6uPfVonKR-EBXjPe7bjMbp3_Fq8MfsptgkkM1ojidN0BxYaT5HAEN1VzO9_jVu7R-VkqknHYNvw',
    );
    expect(signer.unsign(signer.sign('hello'))).toBe('hello');
  });

  it('refuses the SHA-1 signature that Django wrote before 3.1', () => {
    const old = new Signer({ secret, algorithm: 'sha1' }).sign('hello');
    expect(() => signer.unsign(old)).toThrow(BadSignatureError);
  });

  it('takes a secret of bytes that are no text', () => {
    const signer = new Signer({ secret: Uint8Array.of(0xe7) });
    expect(signer.sign('foo')).toBe('foo:EE4qGC5MEKyQG5msxYA0sBohAxLC0BJf8uRhemh0BGU');
    expect(signer.unsign('foo:EE4qGC5MEKyQG5msxYA0sBohAxLC0BJf8uRhemh0BGU')).toBe('foo');
  });

  it('takes text and its UTF-8 bytes for the same secret', () => {
    expect(new Signer({ secret: Buffer.from('nøkkel') }).sign('a')).toBe(new Signer({ secret: 'nøkkel' }).sign('a'));
  });

  it('verifies with each fallback but signs with the secret', () => {
    const signed = ['second', 'first'].map((secret) => new Signer({ secret }).sign('hello'));
    const signer = new Signer({ secret, secretFallbacks: ['first', Buffer.from('second')] });
    expect(signed.map((text) => signer.unsign(text))).toEqual(['hello', 'hello']);
    expect(signer.sign('hello')).toBe(new Signer({ secret }).sign('hello'));
    expect(() => signer.unsign(new Signer({ secret: 'third' }).sign('hello'))).toThrow(BadSignatureError);
  });

  it('keeps salts apart', () => {
    expect(() => new Signer({ secret, salt: 'a' }).unsign(new Signer({ secret, salt: 'b' }).sign('v'))).toThrow(
      BadSignatureError,
    );
  });

  it('notices every changed bit of value, separator and signature', () => {
    const signed = signer.sign('hello');
    for (let at = 0; at < signed.length; at++) {
      for (let bit = 1; bit <= 0x8000; bit *= 2) {
        const changed = signed.slice(0, at) + String.fromCharCode(signed.charCodeAt(at) ^ bit) + signed.slice(at + 1);
        expect(() => signer.unsign(changed)).toThrow(BadSignatureError);
      }
    }
  });

  it('notices every other last character, although base64 has spare bits there', () => {
    const signed = signer.sign('hello');
    for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
      const changed = signed.slice(0, -1) + last;
      if (changed !== signed) expect(() => signer.unsign(changed)).toThrow(BadSignatureError);
    }
  });

  it.each(['hello', '', ':', 'hello:', ':hello', '::', 'hello:\0', `hello:${'A'.repeat(43)}`, 'hello:é'])(
    'refuses %j',
    (text) => {
      expect(() => signer.unsign(text)).toThrow(BadSignatureError);
    },
  );

  it('refuses a signature that was cut off or has something added', () => {
    const signed = signer.sign('hello');
    for (let length = 0; length < signed.length; length++) {
      expect(() => signer.unsign(signed.slice(0, length))).toThrow(BadSignatureError);
    }
    for (const added of ['a', '=', ' ', '\n', '\0']) {
      expect(() => signer.unsign(signed + added)).toThrow(BadSignatureError);
      expect(() => signer.unsign(added + signed)).toThrow(BadSignatureError);
    }
  });

  it('never repeats the value or the signature in an error', () => {
    for (const text of ['swordfish', 'swordfish:opensesame']) {
      const error = outcome(() => signer.unsign(text)) as { error: unknown };
      expect(error.error).toBe(BadSignatureError);
      expect(() => signer.unsign(text)).toThrow(/^(?!.*(swordfish|opensesame))/);
    }
  });

  it('neither signs half a surrogate pair nor takes one for the character UTF-8 would put there', () => {
    expect(() => signer.sign('a\ud83d')).toThrow(SessionValueError);
    const signature = signer.sign('a\ufffd').slice(2);
    expect(() => signer.unsign(`a\ud83d${signature}`)).toThrow(BadSignatureError);
    expect(signer.unsign(signer.sign('a😀'))).toBe('a😀');
  });

  it.each(['', '-', 'abc', '_', '=', 'a1', '[', '^'])('refuses the separator "%s"', (separator) => {
    expect(() => new Signer({ secret, separator })).toThrow(SessionOptionsError);
  });

  it.each(['/', '*sep*', ',', ':', '::', ' '])('signs with the separator "%s"', (separator) => {
    const signer = new Signer({ secret, separator });
    const signed = signer.sign(`a${separator}b`);
    expect(signed.startsWith(`a${separator}b${separator}`)).toBe(true);
    expect(signer.unsign(signed)).toBe(`a${separator}b`);
  });

  it.each([
    { secret: '' },
    { secret: new Uint8Array() },
    { secret: undefined as unknown as string },
    { secret, secretFallbacks: ['old', ''] },
  ])('refuses an empty secret: %j', (keys) => {
    expect(() => new Signer(keys)).toThrow(SessionOptionsError);
  });
});
