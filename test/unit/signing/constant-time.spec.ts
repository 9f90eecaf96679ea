import * as crypto from 'node:crypto';
import { jest } from '@jest/globals';

const timingSafeEqual = jest.fn(crypto.timingSafeEqual);
jest.unstable_mockModule('node:crypto', () => ({ ...crypto, timingSafeEqual }));
const { SignedCookieEngine } = await import('../../../src/engines/cookie/index.js');
const { dumps, loads, SignedCookieValues, SignedPayload, Signer, TimestampSigner } =
  await import('../../../src/signing/index.js');

describe('the comparison of signatures', () => {
  const signer = new Signer({ secret: 'secret', secretFallbacks: ['old'] });
  const signed = signer.sign('hello');

  beforeEach(() => timingSafeEqual.mockClear());

  it('takes constant time, whether they are equal or not', () => {
    expect(signer.unsign(signed)).toBe('hello');
    expect(timingSafeEqual).toHaveBeenCalledTimes(1);
    expect(() => signer.unsign(`x${signed}`)).toThrow('The signature does not match');
    expect(timingSafeEqual).toHaveBeenCalledTimes(3);
  });

  it('decides by that comparison alone', () => {
    timingSafeEqual.mockReturnValue(false);
    expect(() => signer.unsign(signed)).toThrow('The signature does not match');
    timingSafeEqual.mockReturnValue(true);
    expect(signer.unsign(`x${signed}`)).toBe('xhello');
    timingSafeEqual.mockImplementation(crypto.timingSafeEqual);
  });

  it('is not reached by a signature of another length', () => {
    for (const text of [`${signed}A`, signed.slice(0, -1), `${signed.slice(0, -1)}é`]) {
      expect(() => signer.unsign(text)).toThrow('The signature does not match');
    }
    expect(timingSafeEqual).not.toHaveBeenCalled();
  });
});

describe('everything that is signed', () => {
  const keys = { secret: 'secret' };
  const cookies = new SignedCookieValues({ ...keys, format: 'v2', legacyFallback: false });
  const timestampSigner = new TimestampSigner(keys);
  const payload = new SignedPayload(keys);
  const engine = new SignedCookieEngine(keys);

  it.each<[string, string, (signed: string) => unknown]>([
    ['a timestamped value', timestampSigner.sign('hello'), (signed) => timestampSigner.unsign(signed)],
    ['a signed object', dumps('hello', keys), (signed) => loads(signed, keys)],
    ['a stored session', payload.pack('hello'), (signed) => payload.unpack(signed)],
    ['a session in a signed cookie', engine.seal('hello'), (signed) => engine.unseal(signed)],
    ['a signed cookie', cookies.sign('name', 'hello'), (signed) => cookies.unsign('name', signed)],
  ])('%s is compared in constant time, and in no other way', (_, signed, open) => {
    timingSafeEqual.mockClear();
    open(signed);
    expect(timingSafeEqual).toHaveBeenCalledTimes(1);
    timingSafeEqual.mockReturnValue(false);
    expect(() => open(signed)).toThrow('does not match');
    timingSafeEqual.mockImplementation(crypto.timingSafeEqual);
    expect(() => open(signed)).not.toThrow();
  });
});
