import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { Peers, type Place, places } from './peers.js';

/** Seconds that a busy machine may take for a test. */
const MARGIN = 600;

function tests({ engine, ...place }: Place): void {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start({ engine, ...place }, { nest: { saveEveryRequest: true } });
  }, 300_000);
  afterAll(() => peers?.stop(), 60_000);

  it.each([
    ['the default age', null, 1209600],
    ['an hour', 3600, 3600],
  ])("a session of Django's of %s is renewed by each request here", async (_, expiry, age) => {
    const browser = new Browser();
    await browser.do(peers.django, ['set', 'a', 1], ['expire', expiry]);
    await peers.travel(age - MARGIN);
    expect(await browser.do(peers.nest, ['get', 'a'])).toEqual([1]);
    await peers.travel(2 * age - 2 * MARGIN);
    if (engine !== 'signed_cookies') expect(await browser.do(peers.django, ['get', 'a'])).toEqual([1]);
    expect(await browser.do(peers.nest, ['get', 'a'])).toEqual([1]);
    await peers.travel(3 * age - MARGIN);
    expect(await browser.do(peers.nest, ['get', 'a'])).toEqual([null]);
    await peers.travel(0);
  });
}

for (const place of places) {
  await describeWith(place.service, `With saveEveryRequest in ${place.name}`, () => tests(place));
}
