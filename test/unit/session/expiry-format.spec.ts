import { localExpiry, secondsExpiry, utcExpiry } from '../../../src/session/expiry-format.js';
import { EXPIRY_KEY, SessionExpiry } from '../../../src/session/expiry.js';
import { wallClockOf } from '../../../src/session/wall-clock.js';
import { TestClock } from '../../support/test-clock.js';

const oslo = wallClockOf('Europe/Oslo');
const clock = new TestClock();
const now = clock.now();
const inAnHour = new Date(now + 3_600_000);

const expiryIn = (format = utcExpiry): SessionExpiry =>
  new SessionExpiry({ cookieAge: 1209600, expireAtBrowserClose: false, clock, format });

describe('An expiry that is an instant', () => {
  it('is a text in UTC unless Django wants it otherwise', () => {
    expect(expiryIn().toStore(inAnHour)).toBe('2023-11-14T23:13:20.250000+00:00');
  });

  it('is a text in local time for a Django without time zones, and read as one', () => {
    const expiry = expiryIn(localExpiry(oslo));
    expect(expiry.toStore(inAnHour)).toBe('2023-11-15T00:13:20.250000');
    expect(expiry.date(new Map([[EXPIRY_KEY, '2023-11-15T00:13:20.250000']]))).toEqual(inAnHour);
    expect(expiry.date(new Map([[EXPIRY_KEY, '2023-11-14T23:13:20.250000+00:00']]))).toEqual(inAnHour);
    expect(expiry.age(new Map([[EXPIRY_KEY, '2023-11-15T00:13:20']]))).toBe(3599);
  });

  it.each([
    [3_600_000, 3600],
    [3_600_001, 3601],
    [1, 1],
    [0, -1],
    [-1, -1],
    [-1000, -1],
    [-1001, -2],
  ])('%i ms away is %i seconds for a Django before 4.1, and never 0', (milliseconds, seconds) => {
    expect(expiryIn(secondsExpiry(oslo)).toStore(new Date(now + milliseconds))).toBe(seconds);
  });

  it.each([utcExpiry, localExpiry(oslo), secondsExpiry(oslo)])('leaves seconds as they are', (format) => {
    for (const seconds of [0, 300, -10, 1.5]) expect(expiryIn(format).toStore(seconds)).toBe(seconds);
  });

  it.each([localExpiry(oslo), utcExpiry])('is refused where the year would have five digits', (format) => {
    expect(() => expiryIn(format).toStore(new Date('+010000-01-01T12:00:00Z'))).toThrow('before the year 10000');
  });
});
