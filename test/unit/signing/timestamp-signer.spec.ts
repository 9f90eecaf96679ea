import { BadSignatureError, SignatureExpiredError } from '../../../src/errors/index.js';
import { Signer } from '../../../src/signing/signer.js';
import { TimestampSigner } from '../../../src/signing/timestamp-signer.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

interface SignerRow {
  value: string;
  salt: string | null;
  secret: string;
  time: number;
  timestamp_signed: string;
}

interface UnsignRow {
  signer: 'plain' | 'timestamp';
  signed: string;
  max_age: number | null;
  now: number;
  result: { ok: string } | { error: string };
}

const secret: string = vectors.meta.secret_key;
const at = (seconds: number): TimestampSigner => new TimestampSigner({ secret, clock: new TestClock(seconds * 1000) });

describe('TimestampSigner', () => {
  it.each<SignerRow>(vectors.signer)(
    'signs "$value" as Django does',
    ({ value, salt, secret, time, timestamp_signed }) => {
      const clock = new TestClock(time * 1000 + 250);
      const signer = new TimestampSigner({ secret, salt: salt ?? undefined, clock });
      expect(signer.sign(value)).toBe(timestamp_signed);
      expect(signer.unsign(timestamp_signed)).toBe(value);
    },
  );

  const stamped: UnsignRow[] = vectors.signer_errors.filter((row: UnsignRow) => row.signer === 'timestamp');
  it.each(stamped)(
    'answers as Django to $signed at $now with a maxAge of $max_age',
    ({ signed, max_age, now, result }) => {
      const unsign = (): string => at(now).unsign(signed, { maxAge: max_age ?? undefined });
      if ('ok' in result) expect(unsign()).toBe(result.ok);
      else expect(unsign).toThrow(BadSignatureError);
    },
  );

  const signed = at(FROZEN_SECONDS).sign('hello');

  it('accepts an age of exactly maxAge and nothing beyond', () => {
    expect(at(FROZEN_SECONDS + 10).unsign(signed, { maxAge: 10 })).toBe('hello');
    expect(() => at(FROZEN_SECONDS + 10.001).unsign(signed, { maxAge: 10 })).toThrow(SignatureExpiredError);
    expect(at(FROZEN_SECONDS + 10.001).unsign(signed, { maxAge: 10.5 })).toBe('hello');
  });

  it('counts the fraction of the present second, though it signs whole seconds only', () => {
    const now = at(FROZEN_SECONDS + 0.25);
    expect(() => now.unsign(now.sign('hello'), { maxAge: 0 })).toThrow(SignatureExpiredError);
  });

  it('accepts any age without a maxAge, and a signature from the future with any', () => {
    expect(at(FROZEN_SECONDS + 1e9).unsign(signed)).toBe('hello');
    expect(at(FROZEN_SECONDS - 1e6).unsign(signed, { maxAge: 0 })).toBe('hello');
  });

  it('lets nothing live for ever because maxAge is not a number', () => {
    expect(() => at(FROZEN_SECONDS).unsign(signed, { maxAge: Number.NaN })).toThrow(SignatureExpiredError);
  });

  it('says which of the two is wrong', () => {
    const late = at(FROZEN_SECONDS + 11);
    expect(() => late.unsign(signed, { maxAge: 10 })).toThrow(expect.objectContaining({ code: 'SIGNATURE_EXPIRED' }));
    expect(() => late.unsign(`x${signed}`, { maxAge: 10 })).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
    expect(() => late.unsign(`x${signed}`, { maxAge: 10 })).not.toThrow(SignatureExpiredError);
  });

  it.each(['hello', 'hello:', 'hello:!', ':', `hello:${'z'.repeat(30)}`])(
    'refuses %j, signed without a time',
    (value) => {
      const signer = new Signer({ secret, salt: 'django.core.signing.TimestampSigner' });
      expect(() => at(FROZEN_SECONDS).unsign(signer.sign(value))).toThrow(BadSignatureError);
    },
  );

  it('refuses a time that was changed', () => {
    expect(() => at(FROZEN_SECONDS).unsign(signed.replace(':1r31eq:', ':2r31eq:'))).toThrow(BadSignatureError);
  });

  it('uses its separator on both sides of the time', () => {
    const signer = new TimestampSigner({ secret, separator: '//', clock: new TestClock() });
    expect(signer.sign('a//b')).toMatch(/^a\/\/b\/\/1r31eq\/\/[\w-]{43}$/);
    expect(signer.unsign(signer.sign('a//b'), { maxAge: 1 })).toBe('a//b');
  });

  it('takes the time from the system unless told otherwise', () => {
    const signer = new TimestampSigner({ secret });
    expect(signer.unsign(signer.sign('hello'), { maxAge: 60 })).toBe('hello');
    expect(() => signer.unsign(signed, { maxAge: 60 })).toThrow(SignatureExpiredError);
  });

  it('rotates secrets', () => {
    const keys = { secret: 'new', secretFallbacks: [secret] };
    expect(new TimestampSigner({ ...keys, clock: new TestClock() }).unsign(signed)).toBe('hello');
  });
});
