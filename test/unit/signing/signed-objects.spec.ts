import { BadSignatureError, SessionValueError, SignatureExpiredError } from '../../../src/errors/index.js';
import { SignedPayload, dumps, loads } from '../../../src/signing/index.js';
import { TestClock } from '../../support/test-clock.js';
import { vectors } from '../../support/vectors.js';

interface DumpsRow {
  name: string;
  value: unknown;
  salt: string;
  secret: string;
  time: number;
  encoded: string;
}

describe('dumps and loads', () => {
  const rows: DumpsRow[] = vectors.dumps;

  it.each(rows)('read $name with salt $salt as Django does', ({ value, salt, secret, encoded }) => {
    expect(loads(encoded, { secret, salt })).toEqual(value);
  });

  it.each(rows.filter(({ name }) => name !== 'long_list_compressed'))(
    'write $name with salt $salt as Django does',
    ({ value, salt, secret, time, encoded }) => {
      const clock = new TestClock(time * 1000 + 250);
      const written = dumps(value, { secret, salt, clock, compress: encoded.startsWith('.') });
      if (encoded.startsWith('.')) expect(written).toMatch(/^\./);
      else expect(written).toBe(encoded);
      expect(loads(written, { secret, salt })).toEqual(value);
    },
  );

  const options = { secret: 'secret', clock: new TestClock() };

  it.each([[null], [0], [''], [[]], [{}], [{ name: 'Bjørn', n: [Number.NaN, -1.5] }]])('bring %j back', (value) => {
    expect(loads(dumps(value, options), options)).toEqual(value);
    expect(loads(dumps(value, { ...options, compress: true }), options)).toEqual(value);
  });

  it('keep to a salt, a secret and an age', () => {
    const text = dumps({ a: 1 }, { ...options, salt: 'mail' });
    const clock = new TestClock();
    clock.advance(60);
    expect(loads(text, { secret: 'new', secretFallbacks: ['secret'], salt: 'mail', clock, maxAge: 61 })).toEqual({
      a: 1,
    });
    expect(() => loads(text, { secret: 'secret', salt: 'mail', clock, maxAge: 60 })).toThrow(SignatureExpiredError);
    expect(() => loads(text, { secret: 'secret', clock })).toThrow(BadSignatureError);
    expect(() => loads(text, { secret: 'other', salt: 'mail', clock })).toThrow(BadSignatureError);
  });

  it('refuse undefined, and what was signed but is not JSON', () => {
    expect(() => dumps(undefined, options)).toThrow(SessionValueError);
    expect(() => loads(new SignedPayload(options).pack('not json'), options)).toThrow(SyntaxError);
  });
});
