import { inspect } from 'node:util';
import { SessionInterruptedError, SessionStoreError } from '../../../src/errors/index.js';
import { SessionExpiry } from '../../../src/session/expiry.js';
import { describeEvent, levelOf, type SessionEvent } from '../../../src/session/session-event.js';
import { sessionFingerprint } from '../../../src/session/session-key.js';
import { SessionState } from '../../../src/session/session-state.js';
import { RecordingObserver, refuseUnhandledRejections, SessionWorld } from '../../support/session-world.js';

const UNKNOWN = 'u'.repeat(32);

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
refuseUnhandledRejections();

/** What events say that is said. */
const told = (): object[] =>
  world.observer.events.splice(0).map((event) => JSON.parse(JSON.stringify({ ...event, at: undefined })) as object);

describe('events', () => {
  it('name a session by a fingerprint that stays the same, and never hold a key', async () => {
    const { session, commit } = await world.request();
    session.set('a', 1);
    await commit();
    const keys = [session.key!];
    world.clock.advance(5);
    await session.cycleKey();
    keys.push(session.key!);
    const slow = await world.request(session.key);
    await session.flush();
    slow.session.set('b', 1);
    await expect(slow.commit()).rejects.toThrow(SessionInterruptedError);
    expect((await world.request(keys[1])).session.isEmpty).toBe(true);

    expect(world.observer.events.map(({ at }) => world.clock.now() - at.getTime())).toEqual([5000, 0, 0, 0, 0]);
    for (const key of keys) {
      expect(inspect(world.observer)).not.toContain(key);
      expect(world.observer.events.map(describeEvent).join()).not.toContain(key);
    }
    const [first, second] = keys.map(sessionFingerprint);
    expect(told()).toEqual([
      { type: 'created', session: first },
      { type: 'rotated', session: second, previous: first },
      { type: 'deleted', session: second },
      { type: 'interrupted', session: second },
      { type: 'rejected', session: second, reason: 'unknown' },
    ]);
  });

  it('say whose session it was, and from where the request came, where that is known', async () => {
    world = new SessionWorld({ userOf: (values) => values.get('user') as string | undefined });
    const client = { ipAddress: '192.0.2.1', userAgent: 'Browser' };
    const request = async (key?: string) => {
      const state = new SessionState(key === undefined ? [] : [key], () => client);
      await world.manager.load(state);
      return { state, session: world.manager.session(state) };
    };
    const { session, state } = await request();
    session.set('user', 'ann');
    await session.save();
    const slow = await request(session.key);
    await session.cycleKey();
    slow.session.set('a', 1);
    await expect(slow.session.save()).rejects.toThrow(SessionInterruptedError);
    session.set('user', 'ben');
    await session.flush();
    await request(UNKNOWN);
    expect(told()).toMatchObject([
      { type: 'created', user: 'ann', ...client },
      { type: 'rotated', user: 'ann', ...client },
      { type: 'interrupted', user: 'ann', ...client },
      { type: 'deleted', user: 'ben', ...client },
      { type: 'rejected', ...client },
    ]);

    session.set('user', 'cleo');
    await world.manager.commit(state);
    await world.manager.delete(session.key!);
    expect(told().map((event) => Object.keys(event))).toEqual([
      ['type', 'session', 'user', 'ipAddress', 'userAgent'],
      ['type', 'session'],
    ]);
  });

  it('tell of each key that a client presents and the store does not know, but not of what was found meanwhile', async () => {
    const key = await world.given({ a: 1 });
    await world.request([UNKNOWN, 'no key', key, 'another00']);
    expect(told()).toEqual([{ type: 'rejected', session: sessionFingerprint(UNKNOWN), reason: 'unknown' }]);
  });

  it('tell of a session that is found to be over', async () => {
    const expiry = new SessionExpiry({
      cookieAge: 1000,
      expireAtBrowserClose: false,
      absoluteAge: 60,
      clock: world.clock,
    });
    const key = await world.givenText('{"_session_start":1,"user":"ann"}');
    const userOf = (values: ReadonlyMap<string, unknown>): string => String(values.get('user'));
    await world.request(key, world.newProcess(undefined, { expiry, userOf }));
    expect(told()).toEqual([{ type: 'expired', session: sessionFingerprint(key), user: 'ann' }]);
  });

  it('tell of the expired sessions that were removed together how many there were', async () => {
    for (let index = 0; index < 5; index++) await world.given({ index });
    await world.manager.clearExpired();
    expect(told()).toEqual([]);
    world.clock.advance(1209600);
    await world.manager.clearExpired(2);
    expect(told()).toEqual([{ type: 'expired', count: 5 }]);
  });

  it('tell of those that were removed before the store failed', async () => {
    for (let index = 0; index < 5; index++) await world.given({ index });
    world.clock.advance(1209600);
    world.engine.during('deleteExpired', async () => undefined);
    world.engine.fail('deleteExpired', new Error('down'));
    await expect(world.manager.clearExpired(2)).rejects.toThrow(SessionStoreError);
    expect(told()).toEqual([{ type: 'expired', count: 2 }]);
  });

  it('that nobody hears are not put together', async () => {
    class DeafObserver extends RecordingObserver {
      readonly asked: string[] = [];

      override hears(level?: string): boolean {
        this.asked.push(level!);
        return false;
      }
    }
    const observer = new DeafObserver();
    const client = (): never => {
      throw new Error('Nobody wants to know.');
    };
    const manager = world.newProcess(undefined, { observer });
    const state = new SessionState([UNKNOWN], client);
    await manager.load(state);
    const session = manager.session(state).set('a', 1);
    await session.save();
    await session.flush();
    expect([observer.asked, observer.events]).toEqual([['debug', 'debug', 'debug'], []]);
  });
});

describe('the line of an event', () => {
  const at = new Date();
  const session = '1a2b3c4d';

  it.each<[SessionEvent, string, string]>([
    [{ type: 'created', session, at }, 'debug', 'Session 1a2b3c4d was created.'],
    [
      { type: 'rotated', session, previous: '00000000', at },
      'debug',
      'Session 00000000 has got a new key and is 1a2b3c4d from now on.',
    ],
    [{ type: 'deleted', session, user: 'ann', ipAddress: '192.0.2.1', at }, 'debug', 'Session 1a2b3c4d was deleted.'],
    [{ type: 'expired', session, at }, 'debug', 'Session 1a2b3c4d was presented, but has expired.'],
    [{ type: 'expired', count: 12, at }, 'debug', 'Expired sessions were removed from the store: 12.'],
    [
      { type: 'interrupted', session, at },
      'warn',
      'Session 1a2b3c4d was deleted, or given a new key, while a request changed it: these changes are not stored.',
    ],
    [
      { type: 'rejected', session, reason: 'unknown', at },
      'debug',
      'Session 1a2b3c4d was presented, but the store does not know it: it has expired, was deleted, or never was.',
    ],
    [
      { type: 'rejected', session, reason: 'corrupted', detail: 'Why.', at },
      'warn',
      'Session data corrupted: session 1a2b3c4d is treated as unknown. Why.',
    ],
  ])('%o', (event, level, line) => {
    expect([levelOf(event), describeEvent(event)]).toEqual([level, line]);
  });
});
