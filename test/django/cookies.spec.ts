import fc from 'fast-check';
import { describeWith } from '../support/services.js';
import type { DjangoResponse } from './django.js';
import type { Operation } from './operations.js';
import { Peers, places } from './peers.js';
import { attempts } from './python-json.js';

const RUNS = 100;
const inCookies = places.find(({ engine }) => engine === 'signed_cookies')!;

/** What both sides can send: Latin-1, of which this side refuses what breaks headers. */
const value = fc
  .oneof(
    fc.string({ unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)) }),
    fc.constantFrom('', 'a b;c,d"e\\', '%3B%20', 'é', '"quoted"', '\\054', 'ÿ=ø', ' lead', 'trail '),
  )
  .filter((text) => !/[\r\n]/.test(text));

/** The cookie as a browser sends it back. */
function cookieOf({ setCookie, status }: DjangoResponse): string {
  expect({ status, setCookie }).toEqual({ status: 200, setCookie: [expect.any(String)] });
  return setCookie[0]!.split(';')[0]!;
}

await describeWith('django', 'Cookies shared with Django', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start(inCookies);
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);

  describe.each([
    ['Django', 'Nest'],
    ['Nest', 'Django'],
  ] as const)('that %s sets and %s reads', (from, to) => {
    const through = async (write: Operation, read: Operation): Promise<unknown> => {
      const cookie = cookieOf(await peers.sides[from].request(undefined, [write]));
      const { body } = await peers.sides[to].request(cookie, [read]);
      return (JSON.parse(body) as unknown[])[0];
    };

    it('keep any value', async () => {
      await fc.assert(
        fc.asyncProperty(value, async (text) => {
          expect(await through(['set_cookie', 'c', text], ['cookies'])).toEqual({ c: text });
        }),
        attempts(RUNS, 'cookies'),
      );
    });

    it('keep any value that is signed, under any salt', async () => {
      const salt = fc.oneof(fc.constant(''), fc.string({ unit: 'grapheme' }));
      await fc.assert(
        fc.asyncProperty(value, salt, async (text, salt) => {
          const write: Operation = ['set_signed_cookie', 'c', text, salt];
          expect(await through(write, ['get_signed_cookie', 'c', salt])).toBe(text);
          expect(await through(write, ['get_signed_cookie', 'c', `${salt}!`])).toBeNull();
        }),
        attempts(RUNS, 'cookies'),
      );
    });
  });

  it('are read alike when a browser sends bytes of UTF-8', async () => {
    const header = Buffer.from('name=Bjørn; city=清風').toString('latin1');
    const bodies = await Promise.all(Object.values(peers.sides).map((side) => side.request(header, [['cookies']])));
    expect(bodies.map(({ body }) => JSON.parse(body) as unknown)).toEqual(
      Array.from(bodies, () => [{ name: 'Bjørn', city: '清風' }]),
    );
  });

  it('of a stale session stand in the way of no other of the same name', async () => {
    for (const maker of Object.values(peers.sides)) {
      const live = cookieOf(await maker.request(undefined, [['set', 'a', 1]]));
      for (const header of [`sessionid=stale; ${live}`, `${live}; sessionid=stale`]) {
        expect((await peers.nest.request(header, [['get', 'a']])).body).toBe('[1]');
      }
    }
  });

  it('are sent in the very same words', async () => {
    const operations: Operation[] = [
      ['set_cookie', 'c', 'a b;c,d"e\\é'],
      ['set', 'a', 1],
    ];
    const sent = await Promise.all(Object.values(peers.sides).map((side) => side.request(undefined, operations)));
    const [django, nest] = sent.map(({ setCookie }) =>
      // The time and the signature of the session differ.
      setCookie.map((cookie) => cookie.replace(/:[^;]+;/, ';').replace(/expires=[^;]+/, '')).sort(),
    );
    expect(nest).toEqual(django);
  });
});

await describeWith('django', 'Cookies signed for a Django since 5.2.15', () => {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start(inCookies, { interop: { version: '5.2.17' } });
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);

  it('are written with its salt, which this older one does not know, while those of the older are still read', async () => {
    const write: Operation = ['set_signed_cookie', 'c', 'hello', 'salt'];
    const read: Operation = ['get_signed_cookie', 'c', 'salt'];
    const fromNest = cookieOf(await peers.nest.request(undefined, [write]));
    const fromDjango = cookieOf(await peers.django.request(undefined, [write]));
    expect((await peers.django.request(fromNest, [read])).body).toBe('[null]');
    expect((await peers.nest.request(fromNest, [read])).body).toBe('["hello"]');
    expect((await peers.nest.request(fromDjango, [read])).body).toBe('["hello"]');
  });
});
