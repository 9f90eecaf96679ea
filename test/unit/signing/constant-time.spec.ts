import * as crypto from 'node:crypto';
import { jest } from '@jest/globals';

const timingSafeEqual = jest.fn(crypto.timingSafeEqual);
jest.unstable_mockModule('node:crypto', () => ({ ...crypto, timingSafeEqual }));
const { Signer } = await import('../../../src/signing/signer.js');

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
