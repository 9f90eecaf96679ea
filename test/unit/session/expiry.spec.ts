import { SessionValueError } from '../../../src/errors/index.js';
import { pythonIsoFormat } from '../../../src/session/expiry-format.js';
import { EXPIRY_KEY, expiryToStore, SessionExpiry } from '../../../src/session/expiry.js';
import { TestClock } from '../../support/test-clock.js';
import { FROZEN_SECONDS, vectors } from '../../support/vectors.js';

interface ExpiryRow {
  _session_expiry: unknown;
  SESSION_EXPIRE_AT_BROWSER_CLOSE: boolean;
  now: string;
  get_expiry_age: { ok?: unknown };
  get_expiry_date: { ok?: string };
  get_expire_at_browser_close: { ok: boolean };
}

interface SetExpiryRow {
  set_expiry: string;
  stored: unknown;
  get_expiry_age: { ok?: number };
}

interface Expiry {
  age: number;
  date: string;
  atBrowserClose: boolean;
}

const COOKIE_AGE = 1209600;
const clock = new TestClock(FROZEN_SECONDS * 1000 + 250);
const DEFAULT = { age: COOKIE_AGE, date: '2023-11-28T22:13:20.250Z', atBrowserClose: false };

const expiryOf = (value: unknown, expireAtBrowserClose = false): Expiry => {
  const expiry = new SessionExpiry({ cookieAge: COOKIE_AGE, expireAtBrowserClose, clock });
  const values = new Map([[EXPIRY_KEY, value]]);
  return {
    age: expiry.age(values),
    date: expiry.date(values).toISOString(),
    atBrowserClose: expiry.atBrowserClose(values),
  };
};

describe('SessionExpiry', () => {
  const rows: ExpiryRow[] = vectors.expiry;
  const isText = (row: ExpiryRow): boolean => typeof row._session_expiry === 'string';

  it.each(rows.filter((row) => !isText(row)))('of $_session_expiry is what Django makes of it', (row) => {
    expect(new Date(row.now).getTime()).toBe(clock.now());
    expect(expiryOf(row._session_expiry)).toEqual({
      // Python's True is the number 1.
      age: Number(row.get_expiry_age.ok),
      date: new Date(row.get_expiry_date.ok!).toISOString(),
      atBrowserClose: row.get_expire_at_browser_close.ok,
    });
  });

  // Django 3.2 knows no texts: it gives them back as the age, and fails when it saves. These are the results of Django 5.2.
  const instants: [text: string, age: number, date: string][] = [
    ['2023-11-14T23:13:20+00:00', 3599, '2023-11-14T23:13:20.000Z'],
    ['2023-11-14T23:13:20.900000+00:00', 3600, '2023-11-14T23:13:20.900Z'],
    ['2023-11-15T01:13:20+02:00', 3599, '2023-11-14T23:13:20.000Z'],
    ['2023-11-14T23:13:20Z', 3599, '2023-11-14T23:13:20.000Z'],
    ['2023-11-14T23:13:20.123Z', 3599, '2023-11-14T23:13:20.123Z'],
    ['2023-11-14T21:13:20+00:00', -3601, '2023-11-14T21:13:20.000Z'],
    // A TypeError in Django 5.2 with USE_TZ. Without USE_TZ Django writes it, so here it is read as UTC.
    ['2023-11-14T23:13:20', 3599, '2023-11-14T23:13:20.000Z'],
  ];
  // Every later request that saves such a session fails in Django. Here it has no expiry of its own.
  const garbage = ['', '300', '2023-11-14', 'garbage'];

  it.each(instants)('of the text %p is that instant, as in Django 5.2', (text, age, date) => {
    expect(expiryOf(text)).toEqual({ age, date, atBrowserClose: false });
    expect(expiryOf(text, true).atBrowserClose).toBe(false);
  });

  it.each(garbage)('of the text %p is the default, where Django fails', (text) => {
    expect(expiryOf(text)).toEqual(DEFAULT);
    expect(expiryOf(text, true).atBrowserClose).toBe(true);
  });

  it('is tested with every text that was tried on Django', () => {
    const texts = rows.filter(isText).map((row) => row._session_expiry);
    expect([...instants.map(([text]) => text), ...garbage].sort()).toEqual(texts.sort());
  });

  it.each([
    '2023-11-14T25:13:20+00:00',
    '2023-13-14T23:13:20+00:00',
    '2023-11-14T23:13:20+00:00; DROP TABLE',
    '+275760-09-13T00:00:00+00:00',
    1e300,
    Number.NaN,
    Infinity,
    [],
    {},
    [300],
  ])('of garbage such as %p is the default', (value) => {
    expect(expiryOf(value)).toEqual(DEFAULT);
  });

  it('is the default for a session without one of its own', () => {
    const values = new Map();
    for (const expireAtBrowserClose of [true, false]) {
      const expiry = new SessionExpiry({ cookieAge: 60, expireAtBrowserClose, clock });
      expect(expiry.age(values)).toBe(60);
      expect(expiry.date(values)).toEqual(new Date(clock.now() + 60_000));
      expect(expiry.atBrowserClose(values)).toBe(expireAtBrowserClose);
    }
  });

  it.each<[unknown, boolean, boolean]>([
    [undefined, true, false],
    [null, true, false],
    [0, true, true],
    [false, true, true],
    [1, false, false],
    [true, false, false],
    [-10, false, false],
  ])('of %p ends with the browser: %p if the setting says so, else %p', (value, withSetting, without) => {
    expect([expiryOf(value, true).atBrowserClose, expiryOf(value).atBrowserClose]).toEqual([withSetting, without]);
  });

  it('counts seconds from when the session was saved, and leaves an instant where it is', () => {
    const expiry = new SessionExpiry({ cookieAge: 60, expireAtBrowserClose: false, clock });
    const instant = '2023-11-14T23:13:20+00:00';
    expect(expiry.date(new Map([[EXPIRY_KEY, 300]]), 1000)).toEqual(new Date(301_000));
    expect(expiry.date(new Map(), 1000)).toEqual(new Date(61_000));
    expect(expiry.date(new Map([[EXPIRY_KEY, instant]]), 1000)).toEqual(new Date(instant));
  });

  it('slides with the clock when it is a number, and nears when it is an instant', () => {
    const moving = new TestClock(clock.now());
    const expiry = new SessionExpiry({ cookieAge: 60, expireAtBrowserClose: false, clock: moving });
    const values = (value: unknown): Map<string, unknown> => new Map([[EXPIRY_KEY, value]]);
    moving.advance(100);
    expect(expiry.age(values(300))).toBe(300);
    expect(expiry.date(values(300))).toEqual(new Date(clock.now() + 400_000));
    expect(expiry.age(values('2023-11-14T23:13:20+00:00'))).toBe(3499);
  });
});

describe('expiryToStore', () => {
  const given: Record<string, number | Date> = {
    '300': 300,
    '1.5': 1.5,
    'timedelta(hours=1)': new Date(clock.now() + 3600_000),
    'aware datetime +1h': new Date(clock.now() + 3600_000),
  };
  const rows: SetExpiryRow[] = vectors.set_expiry;

  // Django 3.2 keeps a datetime as it is, which its own serializer then cannot store; since 4.1 it is this text.
  it.each(rows.filter(({ set_expiry }) => set_expiry in given))('of $set_expiry is what Django stores', (row) => {
    const stored = expiryToStore(given[row.set_expiry]!);
    expect(stored).toBe(typeof row.stored === 'string' ? row.stored.replace('datetime:', '') : row.stored);
    expect(expiryOf(stored).age).toBe(row.get_expiry_age.ok);
  });

  it('is tested with everything that was tried on Django and exists here', () => {
    const others = rows.map(({ set_expiry }) => set_expiry).filter((name) => !(name in given));
    // None is undefined here, and Session deletes the entry. There are no dates without a time zone.
    expect(others).toEqual(['None', 'naive datetime']);
  });

  it.each([0, -10, 1, 1e10, -0.5])('of %p is the number', (seconds) => {
    expect(expiryToStore(seconds)).toBe(seconds);
  });

  it.each([
    Number.NaN,
    Infinity,
    -Infinity,
    1e15,
    new Date(Number.NaN),
    new Date(8.64e15),
    new Date('+010000-01-01T00:00:00Z'),
    new Date('-000001-01-01T00:00:00Z'),
    '300',
    null,
    {},
    10n,
    true,
  ])('refuses %p, which could not be read back', (expiry) => {
    expect(() => expiryToStore(expiry as never)).toThrow(SessionValueError);
  });

  it.each([new Date(0), new Date('9999-12-31T23:59:59.999Z'), new Date(clock.now()), new Date(-1)])(
    'of %p reads back as that very instant',
    (date) => {
      expect(expiryOf(expiryToStore(date)).date).toBe(date.toISOString());
    },
  );
});

describe('pythonIsoFormat', () => {
  it.each([
    ['2023-11-14T23:13:20.000Z', '2023-11-14T23:13:20+00:00'],
    ['2023-11-14T23:13:20.250Z', '2023-11-14T23:13:20.250000+00:00'],
    ['2023-11-14T23:13:20.007Z', '2023-11-14T23:13:20.007000+00:00'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999000+00:00'],
    ['0999-01-01T00:00:00.000Z', '0999-01-01T00:00:00+00:00'],
  ])('writes %s as %s', (iso, python) => {
    expect(pythonIsoFormat(new Date(iso))).toBe(python);
  });
});
