import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { databasePlaces, Peers, type Place } from './peers.js';

const AGE = 7200;
/** Seconds that a busy machine may take for a test. */
const MARGIN = 600;

/** None of them puts its clocks back or forward, which a test that runs for two hours of one might meet. */
const zones = ['Asia/Kolkata', 'America/Phoenix', 'Pacific/Kiritimati'];
const settings: [useTz: boolean, timeZone: string][] = [
  [true, 'Asia/Kolkata'],
  ...zones.map((zone): [boolean, string] => [false, zone]),
];

function tests(place: Place): void {
  describe.each(settings)('with USE_TZ = %s and TIME_ZONE = %s', (useTz, timeZone) => {
    let peers: Peers;
    beforeAll(async () => {
      peers = await Peers.start(place, {
        django: { USE_TZ: useTz, TIME_ZONE: timeZone, SESSION_COOKIE_AGE: AGE },
        interop: { useTz, timeZone },
        nest: { cookieAge: AGE },
      });
    }, 120_000);
    afterAll(() => peers?.stop(), 60_000);
    afterEach(() => peers.travel(0));

    /** As the database shows it, and nothing makes anything else of it. */
    const expireDate = async (key: string): Promise<string> => {
      const text = place.database.name === 'SQLite' ? 'expire_date' : 'CAST(expire_date AS char(40))';
      const [row] = await peers.dataSource.query<{ text: string }[]>(
        `SELECT ${text} AS text FROM django_session WHERE session_key = '${key}'`,
      );
      return row!.text.trim();
    };

    it('both sides write the same expire_date', async () => {
      const texts = [];
      for (const side of [peers.django, peers.nest]) {
        const browser = new Browser();
        await browser.do(side, ['set', 'a', 1]);
        texts.push(await expireDate(browser.sessionKey!));
      }
      const form = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?(\+00)?$/;
      expect(texts).toEqual([expect.stringMatching(form), expect.stringMatching(form)]);
      const [django = 0, nest = 0] = texts.map((text) => Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`));
      expect(Math.abs(django - nest)).toBeLessThan(MARGIN * 1000);
    });

    it.each(['Django', 'Nest'] as const)('a session of %s ends for both sides at the same time', async (side) => {
      const browser = new Browser();
      await browser.do(peers.sides[side], ['set', 'a', 1]);
      const { cookie } = browser;
      const read = async (): Promise<unknown[]> => {
        const [here, there] = [new Browser(), new Browser()];
        here.cookie = cookie!;
        there.cookie = cookie!;
        return [...(await here.do(peers.django, ['get', 'a'])), ...(await there.do(peers.nest, ['get', 'a']))];
      };
      await peers.travel(AGE - MARGIN);
      expect(await read()).toEqual([1, 1]);
      await peers.travel(AGE + MARGIN);
      expect(await read()).toEqual([null, null]);
    });

    it("clearing away on one side leaves the other's live sessions alone", async () => {
      const browsers = { Django: new Browser(), Nest: new Browser() };
      await browsers.Django.do(peers.django, ['set', 'a', 1]);
      await browsers.Nest.do(peers.nest, ['set', 'a', 1]);
      await peers.travel(AGE - MARGIN);
      await peers.nest.clearExpired();
      await peers.django.clearExpired();
      expect(await browsers.Django.do(peers.nest, ['get', 'a'])).toEqual([1]);
      expect(await browsers.Nest.do(peers.django, ['get', 'a'])).toEqual([1]);
    });

    it.each(['Django', 'Nest'] as const)(
      'clearing away in %s removes what has expired of either side',
      async (side) => {
        for (const maker of [peers.django, peers.nest]) await new Browser().do(maker, ['set', 'a', 1]);
        await peers.travel(AGE + MARGIN);
        await peers.sides[side].clearExpired();
        expect(await peers.dataSource.query('SELECT session_key FROM django_session')).toEqual([]);
      },
    );
  });
}

for (const place of databasePlaces) {
  await describeWith(place.service, `The column expire_date in ${place.name}`, () => tests(place));
}
