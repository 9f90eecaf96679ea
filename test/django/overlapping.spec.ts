import { SessionCodec } from '../../src/session/session-codec.js';
import { jsonText } from '../../src/session/session-text.js';
import { SignedPayload } from '../../src/signing/index.js';
import { SECRET } from '../support/applications.js';
import { describeWith } from '../support/services.js';
import { Browser } from './browser.js';
import { databasePlaces, Peers, type Place, places } from './peers.js';

const WRITERS = 50;
const MOST_ROUNDS = 10;

type Values = ReadonlyMap<string, unknown>;

const codec = new SessionCodec(
  jsonText,
  new SignedPayload({ secret: SECRET, salt: 'django.contrib.sessions.SessionStore', charset: 'latin1' }),
);

/** Keeps what each UPDATE of a session stores, in their order. */
const recorders: Record<Place['database']['name'], string[]> = {
  PostgreSQL: [
    'CREATE TABLE record (id serial, session_data text)',
    `CREATE FUNCTION keep() RETURNS trigger AS $$ BEGIN
       INSERT INTO record (session_data) VALUES (NEW.session_data); RETURN NEW; END $$ LANGUAGE plpgsql`,
    'CREATE TRIGGER keep AFTER UPDATE ON django_session FOR EACH ROW EXECUTE FUNCTION keep()',
  ],
  MariaDB: [
    'CREATE TABLE record (id int AUTO_INCREMENT PRIMARY KEY, session_data longtext)',
    `CREATE TRIGGER keep AFTER UPDATE ON django_session FOR EACH ROW
       INSERT INTO record (session_data) VALUES (NEW.session_data)`,
  ],
  SQLite: [
    'CREATE TABLE record (id integer PRIMARY KEY AUTOINCREMENT, session_data text)',
    `CREATE TRIGGER keep AFTER UPDATE ON django_session BEGIN
       INSERT INTO record (session_data) VALUES (NEW.session_data); END`,
  ],
};

function overlaps(place: Place): void {
  let peers: Peers;
  let browser: Browser;
  beforeAll(async () => {
    peers = await Peers.start(place);
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);
  beforeEach(async () => {
    browser = new Browser();
    await browser.do(peers.django, ['set', 'count', 1], ['set', 'theirs', 1]);
  });

  it('what Django stores between a load and a save here is merged', async () => {
    const session = (await peers.nest.sessions.find(browser.sessionKey!))!;
    await browser.do(peers.django, ['set', 'count', 10], ['set', 'theirs', 2]);
    session.set('ours', 1);
    session.compute('count', (count: number) => count + 1);
    await session.save();
    expect(await browser.do(peers.django, ['all'])).toEqual([{ count: 11, theirs: 2, ours: 1 }]);
  });

  it('a session that Django logs out between a load and a save here stays logged out', async () => {
    const key = browser.sessionKey!;
    const session = (await peers.nest.sessions.find(key))!;
    await browser.do(peers.django, ['flush']);
    session.set('ours', 1);
    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_INTERRUPTED' });
    browser.cookie = `sessionid=${key}`;
    expect(await browser.do(peers.django, ['all'])).toEqual([{}]);
  });

  it('a session that Django gives a new key between a load and a save here is not brought back under the old', async () => {
    const key = browser.sessionKey!;
    const session = (await peers.nest.sessions.find(key))!;
    await browser.do(peers.django, ['cycle']);
    session.set('ours', 1);
    await expect(session.save()).rejects.toMatchObject({ code: 'SESSION_INTERRUPTED' });
    expect(await peers.nest.sessions.find(key)).toBeUndefined();
    expect(await browser.do(peers.django, ['all'])).toEqual([{ count: 1, theirs: 1 }]);
  });
}

function writers(place: Place): void {
  let peers: Peers;
  beforeAll(async () => {
    peers = await Peers.start(place);
    for (const sql of recorders[place.database.name]) await peers.dataSource.query(sql);
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);

  /** A session that so many on each side write to at once; what it held after each of them. */
  async function round(): Promise<{ statuses: number[]; versions: Values[] }> {
    const browser = new Browser();
    await peers.dataSource.query('DELETE FROM record');
    await browser.do(peers.django, ['set', 'start', 1]);
    const cookie = browser.cookie!;
    const numbers = Array.from({ length: WRITERS }, (_, number) => number);
    const [onDjango, ...onNest] = await Promise.all([
      peers.django.requests(
        cookie,
        numbers.map((number) => [['set', `django ${number}`, number]]),
      ),
      ...numbers.map((number) => peers.nest.request(cookie, [['set', `nest ${number}`, number]])),
    ]);
    const rows = await peers.dataSource.query<{ session_data: string }[]>('SELECT * FROM record ORDER BY id');
    return {
      statuses: [...onDjango, ...onNest.map(({ status }) => status)],
      versions: [new Map([['start', 1]]), ...rows.map((row) => codec.decode(row.session_data).values)],
    };
  }

  it(`${WRITERS} writers on each side: no write of this side undoes another`, async () => {
    let merges = 0;
    for (let rounds = 0; merges === 0; rounds++) {
      expect(rounds).toBeLessThan(MOST_ROUNDS);
      const { statuses, versions } = await round();
      expect(statuses.filter((status) => status !== 200)).toEqual([]);

      // Each writer of Django's has a key that nobody else writes, and writes once.
      const seen = new Set<string>();
      let writesHere = 0;
      let wasDjango = false;
      for (const [index, after] of versions.entries()) {
        const before = versions[index - 1];
        const news = [...after.keys()].filter((key) => key.startsWith('django') && !seen.has(key));
        for (const key of news) seen.add(key);
        if (before && news.length === 0) {
          writesHere++;
          if (wasDjango) merges++;
          const added = [...after.keys()].filter((key) => !before.has(key));
          expect(added).toEqual([expect.stringMatching(/^nest \d+$/)]);
          expect([...after.keys()].filter((key) => key !== added[0])).toEqual([...before.keys()]);
        }
        wasDjango = news.length > 0;
      }
      expect({ django: seen.size, nest: writesHere }).toEqual({ django: WRITERS, nest: WRITERS });
    }
  }, 300_000);
}

for (const place of places.filter(({ engine }) => engine !== 'signed_cookies')) {
  await describeWith(place.service, `Requests that overlap in ${place.name}`, () => overlaps(place));
}
for (const place of databasePlaces) {
  await describeWith(place.service, `Writers on both sides in ${place.name}`, () => writers(place));
}
