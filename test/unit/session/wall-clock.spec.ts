import { utcClock, wallClockOf } from '../../../src/session/wall-clock.js';

const at = (text: string): number => Date.parse(text);

describe('The wall clock', () => {
  it.each([
    ['Europe/Oslo', '2023-11-14T22:13:20.250Z', '2023-11-14T23:13:20.250Z'],
    ['Europe/Oslo', '2023-07-01T00:00:00.001Z', '2023-07-01T02:00:00.001Z'],
    ['America/St_Johns', '2023-07-01T00:00:00Z', '2023-06-30T21:30:00Z'],
    ['Pacific/Kiritimati', '2023-12-31T10:00:00Z', '2024-01-01T00:00:00Z'],
    ['Europe/London', '1969-12-31T23:59:59.999Z', '1970-01-01T00:59:59.999Z'],
    ['UTC', '2024-02-29T12:00:00Z', '2024-02-29T12:00:00Z'],
  ])('of %s shows at %s what is read as %s, and back', (zone, instant, reading) => {
    const clock = wallClockOf(zone);
    expect(new Date(clock.readingAt(at(instant)))).toEqual(new Date(reading));
    expect(new Date(clock.instantOf(at(reading)))).toEqual(new Date(instant));
  });

  // What Python makes of it: datetime(…, tzinfo=ZoneInfo(zone)).timestamp(), where fold is 0.
  it.each([
    ['clocks are put back', 'Europe/Oslo', '2023-10-29T02:30:00Z', '2023-10-29T00:30:00Z'],
    ['clocks are put back', 'America/New_York', '2023-11-05T01:15:00Z', '2023-11-05T05:15:00Z'],
    ['clocks are put back by half an hour', 'Australia/Lord_Howe', '2023-04-02T01:45:00Z', '2023-04-01T14:45:00Z'],
    ['clocks are put forward', 'Europe/Oslo', '2023-03-26T02:30:00Z', '2023-03-26T01:30:00Z'],
    ['clocks are put forward', 'America/New_York', '2023-03-12T02:30:00Z', '2023-03-12T07:30:00Z'],
    ['a day is left out', 'Pacific/Apia', '2011-12-30T12:00:00Z', '2011-12-30T22:00:00Z'],
  ])('when %s in %s takes %s for %s', (_, zone, reading, instant) => {
    expect(new Date(wallClockOf(zone).instantOf(at(reading)))).toEqual(new Date(instant));
  });

  it('goes there and back around each change of a year, except in the hour that comes twice', () => {
    const clock = wallClockOf('Europe/Oslo');
    const hours = 366 * 24;
    const lost = [];
    for (let hour = 0; hour < hours; hour++) {
      const instant = at('2023-01-01T00:30:00Z') + hour * 3_600_000;
      if (clock.instantOf(clock.readingAt(instant)) !== instant) lost.push(new Date(instant).toISOString());
    }
    expect(lost).toEqual(['2023-10-29T01:30:00.000Z']);
  });

  it('refuses a zone that there is not', () => {
    expect(() => wallClockOf('Europe/Nowhere')).toThrow(RangeError);
  });

  it('of UTC changes nothing', () => {
    expect([utcClock.readingAt(1.5), utcClock.instantOf(1.5)]).toEqual([1.5, 1.5]);
  });
});
