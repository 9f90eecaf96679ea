import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { type Place, Peers, places } from './peers.js';

/** Seconds that a busy machine may take for a test. */
const MARGIN = 600;

type Side = 'Django' | 'Nest';

const directions: [from: Side, to: Side][] = [
  ['Django', 'Nest'],
  ['Nest', 'Django'],
];

const cart = { items: [{ id: 7, tags: ['ø', '清風', '😀'] }], 'a"b\\c': '\n\u2028\u007f', nothing: null, yes: true };

function tests({ engine, ...place }: Place): void {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start({ engine, ...place });
  }, 300_000);
  afterAll(() => peers?.stop(), 60_000);
  afterEach(() => peers.travel(0));

  describe.each(directions)('a session that %s made and %s meets', (from, to) => {
    let browser: Browser;
    const here = (...operations: Parameters<Browser['do']>[1][]) => browser.do(peers.sides[from], ...operations);
    const there = (...operations: Parameters<Browser['do']>[1][]) => browser.do(peers.sides[to], ...operations);

    beforeEach(async () => {
      browser = new Browser();
      await here(['set', 'cart', cart], ['set', 'count', 1]);
    });

    it('is read', async () => {
      expect(await there(['all'])).toEqual([{ cart, count: 1 }]);
    });

    it('is changed', async () => {
      await there(['set', 'count', 2], ['set', 'Ж', 'æ'], ['pop', 'cart']);
      expect(await here(['all'])).toEqual([{ count: 2, Ж: 'æ' }]);
    });

    it('is emptied', async () => {
      await there(['clear']);
      expect(await here(['all'])).toEqual([{}]);
    });

    it('gets a new key, and the old one is dead', async () => {
      const before = browser.cookie!;
      await there(['cycle']);
      expect(browser.cookie).not.toBe(before);
      expect(await here(['all'])).toEqual([{ cart, count: 1 }]);
      // A cookie that holds the session itself cannot be called back.
      if (engine === 'signed_cookies') return;
      browser.cookie = before;
      expect(await here(['all'])).toEqual([{}]);
    });

    it('ends with a flush, and the browser forgets it', async () => {
      const before = browser.cookie!;
      await there(['flush']);
      expect(browser.cookie).toBeUndefined();
      if (engine === 'signed_cookies') return;
      browser.cookie = before;
      expect(await here(['all'])).toEqual([{}]);
    });

    it('expires after its age', async () => {
      await peers.travel(1209600 - MARGIN);
      expect(await there(['get', 'count'])).toEqual([1]);
      await peers.travel(1209600 + MARGIN);
      expect(await there(['get', 'count'])).toEqual([null]);
    });

    it('lives as long as the last change on either side says', async () => {
      await peers.travel(1_000_000);
      await there(['set', 'count', 2]);
      await peers.travel(2_000_000);
      expect(await here(['get', 'count'])).toEqual([2]);
      await here(['set', 'count', 3]);
      await peers.travel(3_000_000);
      expect(await there(['get', 'count'])).toEqual([3]);
    });

    it('of an hour ends after it, and is renewed for as long by a change', async () => {
      await here(['expire', 3600]);
      expect(await there(['age'], ['get', '_session_expiry'])).toEqual([3600, 3600]);
      await peers.travel(2400);
      await there(['set', 'count', 2]);
      await peers.travel(6000 - MARGIN);
      expect(await here(['get', 'count'])).toEqual([2]);
      expect(await there(['get', 'count'])).toEqual([2]);
      await peers.travel(6000 + MARGIN);
      // What Django forgets to enforce in these engines, this module enforces all the same.
      if (to === 'Nest' || engine === 'db') expect(await there(['get', 'count'])).toEqual([null]);
    });

    it('of twenty days is still there after fifteen', async () => {
      await here(['expire', 20 * 86_400]);
      await peers.travel(15 * 86_400);
      // Django trusts no signature that is older than SESSION_COOKIE_AGE.
      if (to === 'Nest' || engine !== 'signed_cookies') expect(await there(['get', 'count'])).toEqual([1]);
    });

    it.each([
      [0, 1209600 - MARGIN],
      [20 * 86_400, 15 * 86_400],
    ])('of %i seconds is left alone when the other side clears away after %i', async (age, seconds) => {
      if (age) await here(['expire', age]);
      await peers.travel(seconds);
      await peers.sides[to].clearExpired();
      if (engine !== 'signed_cookies') expect(await here(['get', 'count'])).toEqual([1]);
    });

    it('can live as long as the browser is open', async () => {
      await here(['expire', 0]);
      const { setCookie } = await browser.send(peers.sides[to], ['set', 'count', 2]);
      expect(setCookie).toEqual([expect.not.stringMatching(/max-age|expires/i)]);
      expect(await here(['get', 'count'], ['get', '_session_expiry'])).toEqual([2, 0]);
    });

    it('that shall end at an instant can be saved on both sides', async () => {
      await browser.do(peers.nest, ['expire_at', 3600]);
      await browser.do(peers.django, ['set', 'count', 2]);
      await browser.do(peers.nest, ['set', 'count', 3]);
      expect(await browser.do(peers.django, ['age'], ['get', 'count'])).toEqual([3600, 3]);
    });

    it('goes back to the default age', async () => {
      await here(['expire', 300]);
      await there(['expire', null]);
      expect(await here(['age'], ['get', '_session_expiry'])).toEqual([1209600, null]);
    });

    it('shows that the browser takes cookies', async () => {
      await here(['set_test_cookie']);
      expect(await there(['test_cookie_worked'])).toEqual([true]);
    });

    it('keeps messages until Django shows them', async () => {
      await browser.do(peers.django, ['say', 'Lagret: «ø»']);
      await browser.do(peers.nest, ['set', 'count', 2]);
      expect(await browser.do(peers.django, ['hear'])).toEqual([['Lagret: «ø»']]);
      expect(await browser.do(peers.nest, ['get', '_messages'], ['get', 'count'])).toEqual([null, 2]);
    });
  });
}

for (const place of places) {
  await describeWith(place.service, `Sessions in ${place.name}, shared with Django`, () => tests(place));
}
