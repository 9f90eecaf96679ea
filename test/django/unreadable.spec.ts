import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { type Differences, Peers, type Place, places } from './peers.js';

/** What does not fit on this side. */
const mistakes: Record<string, NonNullable<Differences['nest']>> = {
  'another secret': { secret: 'not what settings.py says' },
  'another salt': { keySalt: 'django.contrib.sessions.OtherStore' },
  'another serializer': { serializer: { dumps: String, loads: (text) => JSON.parse(`?${text}`) as unknown } },
};

function tests(place: Place): void {
  // The salt of signed_cookies is always the same.
  const possible = Object.entries(mistakes).filter(([, { keySalt }]) => !keySalt || place.engine !== 'signed_cookies');

  describe.each(possible)('with %s on this side', (_, { keySalt, ...nest }) => {
    let peers: Peers;
    let browser: Browser;
    beforeAll(async () => {
      peers = await Peers.start(place, { nest, interop: { keySalt } });
    }, 120_000);
    afterAll(() => peers?.stop(), 60_000);
    beforeEach(async () => {
      browser = new Browser();
      await browser.do(peers.django, ['set', 'a', 1]);
      peers.nest.logger.warnings.length = 0;
    });

    it("a session of Django's is unknown here, the log says so, and it goes on there", async () => {
      const { cookie } = browser;
      expect(await browser.send(peers.nest, ['get', 'a'])).toMatchObject({ body: '[null]', setCookie: [] });
      expect(peers.nest.logger.warnings).toEqual([expect.stringContaining('is treated as unknown')]);
      expect(peers.nest.logger.warnings.join()).not.toContain(browser.sessionKey!);
      expect(browser.cookie).toBe(cookie);
      expect(await browser.do(peers.django, ['get', 'a'])).toEqual([1]);
    });

    it('what is set here goes into a session of its own', async () => {
      const before = browser.cookie!;
      await browser.do(peers.nest, ['set', 'a', 2]);
      expect(browser.cookie).not.toBe(before);
      browser.cookie = before;
      expect(await browser.do(peers.django, ['get', 'a'])).toEqual([1]);
    });

    it('a logout here still makes the browser forget its session', async () => {
      const before = browser.cookie!;
      await browser.do(peers.nest, ['flush']);
      expect(browser.cookie).toBeUndefined();
      browser.cookie = before;
      expect(await browser.do(peers.django, ['get', 'a'])).toEqual([1]);
    });
  });
}

for (const place of places) {
  await describeWith(place.service, `Sessions in ${place.name} that cannot be read`, () => tests(place));
}
