import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { databasePlaces, Peers } from './peers.js';

const onSqlite = databasePlaces.find(({ name }) => name === 'db on SQLite')!;

await describeWith('django', 'An expiry that this side keeps as a text', () => {
  it.each([
    [true, 'Asia/Kolkata', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$/],
    [false, 'Asia/Kolkata', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/],
    [false, 'America/Phoenix', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$/],
  ])(
    'is the same instant for Python with USE_TZ = %s in %s',
    async (useTz, timeZone, form) => {
      const peers = await Peers.start(onSqlite, {
        django: { USE_TZ: useTz, TIME_ZONE: timeZone },
        interop: { version: '4.2', useTz, timeZone },
      });
      const browser = new Browser();
      const [, text, instant] = await browser.do(
        peers.nest,
        ['expire_at', 3600],
        ['get', '_session_expiry'],
        ['expiry_instant'],
      );
      expect(text).toMatch(form);
      expect(await browser.do(peers.django, ['get', '_session_expiry'], ['expiry_instant'])).toEqual([text, instant]);

      await browser.do(peers.nest, ['set', 'a', 1]);
      expect(await browser.do(peers.django, ['get', '_session_expiry'])).toEqual([text]);
      await peers.travel(3000);
      expect(await browser.do(peers.nest, ['get', 'a'])).toEqual([1]);
      await peers.travel(4200);
      expect(await browser.do(peers.nest, ['get', 'a'])).toEqual([null]);
      await peers.stop();
    },
    60_000,
  );
});
