import { BadSignatureError } from '../../../src/errors/index.js';
import { SessionCodec } from '../../../src/session/session-codec.js';
import { jsonText, serializedText } from '../../../src/session/session-text.js';
import { SignedPayload, type SignedPayloadOptions } from '../../../src/signing/index.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

interface SessionRow {
  name: string;
  key_salt: string;
  secret: string;
  time: number;
  serialized: string;
  encoded: string;
  is_compressed: boolean;
}

interface DecodeRow {
  name: string;
  session_data: string;
  result: { ok: unknown };
}

const secret: string = vectors.meta.secret_key;
const salt = 'django.contrib.sessions.SessionStore';

const codecFor = (options: Partial<SignedPayloadOptions> = {}): SessionCodec =>
  new SessionCodec(
    jsonText,
    new SignedPayload({ secret, salt, clock: new TestClock(FROZEN_SECONDS * 1000), ...options }),
  );

describe('SessionCodec', () => {
  const codec = codecFor();

  it.each<SessionRow>(vectors.session_data)('reads the session $name that Django stored', (row) => {
    expect([row.secret, row.key_salt]).toEqual([secret, salt]);
    const content = codec.decode(row.encoded);
    expect(content.text).toBe(row.serialized);
    expect(content.values).toEqual(new Map(Object.entries(JSON.parse(row.serialized))));
  });

  it.each<SessionRow>(vectors.session_data)('stores the session $name so that Django reads the same', (row) => {
    const { values, text } = codec.read(row.serialized);
    const rewritten = codec.write(values, text, new Set());
    expect(rewritten).toBe(row.serialized);
    const data = codec.encode(rewritten);
    expect(codec.decode(data).text).toBe(row.serialized);
    // Below a kilobyte nothing is compressed here; then Django's bytes are the same, unless it has compressed.
    if (!row.is_compressed) expect(data).toBe(row.encoded);
    expect(data.startsWith('.')).toBe(row.serialized.length >= 1024);
  });

  it.each<DecodeRow>(vectors.decode_bad)('takes $name for what it is', ({ name, session_data, result }) => {
    const decode = (): unknown => Object.fromEntries(codec.decode(session_data).values);
    if (name === 'good') expect(decode()).toEqual(result.ok);
    // Django makes an empty session of it, which the next write then stores over the original. A list makes every access
    // fail there, as nothing checks that it is an object. Here all of them are corrupted.
    else expect(decode).toThrow(name.startsWith('signed_') ? SyntaxError : BadSignatureError);
  });

  it('reads what an older secret has signed and signs with the newest', () => {
    const rotated = codecFor({ secret: 'new', secretFallbacks: [secret] });
    const { text } = rotated.decode(codec.encode('{"a":1}'));
    const data = rotated.encode(text);
    expect(() => codec.decode(data)).toThrow(BadSignatureError);
    expect(codecFor({ secret: 'new' }).decode(data).text).toBe('{"a":1}');
  });

  it('reads rows of any age', () => {
    const old = codecFor({ clock: new TestClock(0) }).encode('{"a":1}');
    expect(codec.decode(old).values.get('a')).toBe(1);
  });

  it('compresses from a kilobyte on, where that is shorter', () => {
    const long = JSON.stringify({ data: 'abcdefghij'.repeat(103) });
    const data = codec.encode(long);
    expect(data.length).toBeLessThan(200);
    expect(codec.decode(data).text).toBe(long);
    expect(codec.encode(JSON.stringify({ data: 'x'.repeat(500) })).startsWith('.')).toBe(false);
  });

  it('never quotes in an error what it could not read', () => {
    const pieces = ['topsecret', Buffer.from('topsecret').toString('base64url').slice(0, 10)];
    const payload = new SignedPayload({ secret, salt });
    const texts = ['topsecret', '{"a":topsecret}', '["topsecret"]'].map((text) => payload.pack(text));
    for (const data of [...texts, 'topsecret', `${texts[0]}x`, codec.encode('{"topsecret":1}').replace('e', 'f')]) {
      for (const piece of pieces) {
        expect(() => codec.decode(data)).toThrow(
          expect.objectContaining({ message: expect.not.stringContaining(piece) }),
        );
      }
    }
  });

  it("carries what an application's own serializer writes, beyond Latin-1", () => {
    const serializer = { dumps: (value: unknown) => JSON.stringify(value), loads: (text: string) => JSON.parse(text) };
    const own = new SessionCodec(serializedText(serializer), new SignedPayload({ secret, salt, charset: 'utf8' }));
    const values = new Map([['name', 'Ж清風 😀']]);
    expect(own.decode(own.encode(own.write(values))).values).toEqual(values);
  });
});
