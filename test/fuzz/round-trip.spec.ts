import fc from 'fast-check';
import { SignedCookieEngine } from '../../src/engines/cookie/index.js';
import { encrypted } from '../../src/module/encrypted.js';
import { SessionCodec } from '../../src/session/session-codec.js';
import { jsonText } from '../../src/session/session-text.js';
import {
  decodeBase62,
  dumps,
  encodeBase62,
  loads,
  readJson,
  Signer,
  SignedCookieValues,
  SignedPayload,
  TimestampSigner,
  writeJson,
} from '../../src/signing/index.js';
import { SealedPayload } from '../../src/signing/sealed-payload.js';
import { jsonValues } from './json-values.js';

const texts = fc.string({ unit: 'binary', maxLength: 200 });
const latin1 = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const secrets = fc.oneof(fc.string({ minLength: 1 }), fc.uint8Array({ minLength: 1 }));

describe('what is signed or sealed comes back equal:', () => {
  it('text', () => {
    fc.assert(
      fc.property(texts, secrets, fc.string(), fc.string(), (text, secret, salt, name) => {
        const signer = new Signer({ secret, salt });
        expect(signer.unsign(signer.sign(text))).toBe(text);
        const timestamped = new TimestampSigner({ secret, salt });
        expect(timestamped.unsign(timestamped.sign(text), { maxAge: 3600 })).toBe(text);
        for (const format of ['v2', 'legacy'] as const) {
          const cookies = new SignedCookieValues({ secret, format });
          expect(cookies.unsign(name, cookies.sign(name, text, salt), { salt })).toBe(text);
        }
        const sealed = new SealedPayload({ secret, purpose: name });
        expect(sealed.unseal(sealed.seal(text)).text).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('text in an envelope, compressed or not', () => {
    const repeated = fc.tuple(texts, fc.nat({ max: 40 })).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(fc.oneof(texts, repeated), latin1, secrets, fc.boolean(), (text, bytes, secret, compress) => {
        const utf8 = new SignedPayload({ secret, charset: 'utf8' });
        const packed = utf8.pack(text, { compress });
        expect(packed).toMatch(/^[\w.:-]+$/);
        expect(utf8.unpack(packed)).toBe(text);
        const payload = new SignedPayload({ secret });
        expect(payload.unpack(payload.pack(bytes, { compress }))).toBe(bytes);
        const cookie = new SignedCookieEngine({ secret, charset: 'utf8' });
        expect(cookie.unseal(cookie.seal(text)).text).toBe(text);
      }),
      { numRuns: 150 },
    );
  });

  it('values that JSON can hold', () => {
    const codec = new SessionCodec(jsonText, new SignedPayload({ secret: 'secret' }));
    fc.assert(
      fc.property(jsonValues, fc.dictionary(fc.string(), jsonValues), (value, members) => {
        const json = JSON.stringify(value);
        expect(JSON.stringify(readJson(writeJson(value)))).toBe(json);
        expect(writeJson(value)).toMatch(/^[ -~]*$/);
        expect(JSON.stringify(loads(dumps(value, { secret: 'x', compress: true }), { secret: 'x' }))).toBe(json);
        const serializer = encrypted({ secret: 'x' });
        expect(JSON.stringify(serializer.loads(serializer.dumps(members)))).toBe(JSON.stringify(members));
        const { values } = codec.decode(codec.encode(codec.write(new Map(Object.entries(members)))));
        expect(JSON.stringify(Object.fromEntries(values))).toBe(JSON.stringify(members));
      }),
      { numRuns: 150 },
    );
  });

  it('whole numbers', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (number) => {
        expect(decodeBase62(encodeBase62(number)) === number).toBe(true);
      }),
    );
  });
});

describe('what is neither signed nor sealed', () => {
  const payload = new SignedPayload({ secret: 'secret', charset: 'utf8' });
  const sealed = new SealedPayload({ secret: 'secret', purpose: 'x' });
  const cookies = new SignedCookieValues({ secret: 'secret', format: 'v2' });
  const letters = fc.string({ unit: fc.constantFrom(...'Aa0-_.:=', 'AQ', '1xVDtA'), maxLength: 120 });

  it('never opens, and fails by no other error', () => {
    fc.assert(
      fc.property(fc.oneof(texts, letters), (text) => {
        for (const open of [
          () => payload.unpack(text),
          () => sealed.unseal(text),
          () => cookies.unsign('name', text),
          () => new SignedCookieEngine({ secret: 'secret' }).unseal(text),
        ]) {
          expect(open).toThrow(expect.objectContaining({ code: 'BAD_SIGNATURE' }));
        }
      }),
      { numRuns: 300 },
    );
  });
});
