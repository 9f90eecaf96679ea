import { EncryptedCookieEngine, SignedCookieEngine } from '../../src/engines/cookie/index.js';
import { SessionError } from '../../src/errors/index.js';
import { encrypted } from '../../src/module/encrypted.js';
import { SessionCodec } from '../../src/session/session-codec.js';
import { jsonText } from '../../src/session/session-text.js';
import { dumps, loads, Signer, SignedCookieValues, SignedPayload, TimestampSigner } from '../../src/signing/index.js';
import { SealedPayload } from '../../src/signing/sealed-payload.js';
import { SessionWorld } from '../support/session-world.js';
import { TestClock } from '../support/test-clock.js';

const clock = new TestClock();
const keys = { secret: 'a secret', clock };
const SHORT = '{"userId":1}';
const LONG = JSON.stringify({ userId: 1, cart: Array.from({ length: 100 }, (_, index) => `article ${index % 7}`) });

interface Kind {
  readonly name: string;
  /** Those of one family open each other's values. */
  readonly family?: string;
  readonly value: string;
  open(value: string): unknown;
}

const signer = new Signer(keys);
const timestampSigner = new TimestampSigner(keys);
const payload = new SignedPayload({ ...keys, charset: 'utf8' });
const sealed = new SealedPayload({ ...keys, purpose: 'a test' });
const codec = new SessionCodec(jsonText, new SignedPayload({ ...keys, salt: 'django.contrib.sessions.SessionStore' }));
const signedCookies = new SignedCookieEngine(keys);
const encryptedCookies = new EncryptedCookieEngine({ ...keys, cookieName: 'sessionid' });
const serializer = encrypted(keys);
const cookieValues = (['v2', 'legacy'] as const).map((format): Kind => {
  const values = new SignedCookieValues({ ...keys, format });
  return {
    name: `a signed cookie (${format})`,
    family: 'signed cookie',
    value: values.sign('user', 'ann:1', 'login'),
    open: (value) => values.unsign('user', value, { salt: 'login' }),
  };
});

const kinds: Kind[] = [
  { name: 'a signed value', value: signer.sign('ann:1'), open: (value) => signer.unsign(value) },
  { name: 'a timestamped value', value: timestampSigner.sign('ann'), open: (value) => timestampSigner.unsign(value) },
  { name: 'a signed object', family: 'object', value: dumps({ userId: 1 }, keys), open: (value) => loads(value, keys) },
  {
    name: 'a compressed object',
    family: 'object',
    value: payload.pack(LONG, { compress: true }),
    open: (value) => payload.unpack(value),
  },
  ...cookieValues,
  {
    name: 'a session in a signed cookie',
    family: 'cookie',
    value: signedCookies.seal(SHORT),
    open: (value) => signedCookies.unseal(value),
  },
  {
    name: 'a long one',
    family: 'cookie',
    value: signedCookies.seal(LONG),
    open: (value) => signedCookies.unseal(value),
  },
  {
    name: 'a session in an encrypted cookie',
    value: encryptedCookies.seal(SHORT),
    open: (value) => encryptedCookies.unseal(value),
  },
  { name: 'a sealed text', value: sealed.seal(SHORT), open: (value) => sealed.unseal(value) },
  { name: 'encrypted session data', value: serializer.dumps({ userId: 1 }), open: (value) => serializer.loads(value) },
  { name: 'a stored session', family: 'stored', value: codec.encode(SHORT), open: (value) => codec.decode(value) },
  { name: 'a long stored session', family: 'stored', value: codec.encode(LONG), open: (value) => codec.decode(value) },
];

/** Every value that differs from this one by one flipped bit. */
function* flips(value: string): Generator<string> {
  const bytes = Buffer.from(value, 'latin1');
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 1; bit < 256; bit *= 2) {
      const flipped = Buffer.from(bytes);
      flipped[at]! ^= bit;
      yield flipped.toString('latin1');
    }
  }
}

/** Every value that misses one letter or more at an end, has one twice, or has two in the other order. */
function* rearrangements(value: string): Generator<string> {
  for (let at = 0; at < value.length; at++) {
    const [before, letter, after] = [value.slice(0, at), value[at]!, value.slice(at + 1)];
    yield before;
    yield after;
    yield before + after;
    yield before + letter + letter + after;
    if (after !== '' && after[0] !== letter) yield before + after[0]! + letter + after.slice(1);
  }
}

function expectRefused({ open }: Kind, values: Iterable<string>): number {
  let count = 0;
  for (const value of values) {
    let outcome: unknown = 'opened';
    try {
      open(value);
    } catch (error) {
      outcome = error;
    }
    // An error that a caller expects, not one of an accident on the way.
    if (!(outcome instanceof SessionError))
      throw new Error(`Not refused: ${JSON.stringify(value)}: ${String(outcome)}`);
    count++;
  }
  return count;
}

describe.each(kinds)('$name', (kind) => {
  it('opens as it is', () => {
    expect(() => kind.open(kind.value)).not.toThrow();
  });

  it('is refused with any one bit of it flipped', () => {
    expect(expectRefused(kind, flips(kind.value))).toBe(8 * kind.value.length);
  });

  it('is refused with letters missing, doubled or exchanged', () => {
    expect(expectRefused(kind, rearrangements(kind.value))).toBeGreaterThan(4 * kind.value.length);
  });

  it('is refused with the end of another, and so is a value of another family', () => {
    const genuine = kinds.map(({ value }) => value);
    for (const { value: other, family = other } of kinds.filter(({ value }) => value !== kind.value)) {
      if (family !== kind.family) expectRefused(kind, [other]);
      const cuts = Array.from(kind.value, (_, at) => kind.value.slice(0, at) + other.slice(at));
      expectRefused(
        kind,
        cuts.filter((value) => !genuine.includes(value)),
      );
    }
  });
});

describe('a stored session that somebody altered', () => {
  it('is unknown, whichever byte it was, and stays in the store', async () => {
    const world = new SessionWorld({ hashKeys: false });
    const key = await world.given({ userId: 1 });
    const row = (await world.row(key))!;
    for (let at = 0; at < row.data.length; at++) {
      const data = row.data.slice(0, at) + String.fromCharCode(row.data.charCodeAt(at) ^ 1) + row.data.slice(at + 1);
      await world.memory.delete(key);
      await world.memory.create(key, { ...row, data });
      const request = await world.request(key);
      expect([request.session.key, request.session.size]).toEqual([undefined, 0]);
      request.session.set('userId', 2);
      await request.commit();
      expect(request.session.key).not.toBe(key);
      expect((await world.memory.load(key))?.data).toBe(data);
    }
    expect(world.observer.takeEvents()).toContain('rejected');
  });

  it('is not found by a key that differs in any bit', async () => {
    for (const hashKeys of [false, true]) {
      const world = new SessionWorld({ hashKeys });
      const key = await world.given({ userId: 1 });
      for (const altered of [...flips(key), ...rearrangements(key)]) {
        if (altered === key) continue;
        expect((await world.request(altered)).session.size).toBe(0);
      }
      expect((await world.request(key)).session.size).toBe(1);
    }
  });
});
