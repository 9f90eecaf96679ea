import { EncryptedCookieEngine, SignedCookieEngine } from '../../src/engines/cookie/index.js';
import type { CookieSessionEngine } from '../../src/engines/cookie-session-engine.js';
import { CookieOverflowError, ResponseHeadSentError, UnsupportedByEngineError } from '../../src/errors/index.js';
import { CookieSessionManager, type CookieSessionSettings } from '../../src/session/cookie-session-manager.js';
import { SessionExpiry } from '../../src/session/expiry.js';
import { SessionState } from '../../src/session/session-state.js';
import { jsonText, serializedText } from '../../src/session/session-text.js';
import type { Session } from '../../src/session/session.js';
import { RecordingObserver } from '../support/session-world.js';
import { TestClock } from '../support/test-clock.js';

interface Keys {
  readonly secret: string;
  readonly secretFallbacks?: readonly string[];
  readonly charset?: 'latin1' | 'utf8';
  readonly clock: TestClock;
  readonly cookieName: string;
}

const engines = [
  { name: 'signed_cookies', create: (keys: Keys): CookieSessionEngine => new SignedCookieEngine(keys) },
  { name: 'encrypted_cookies', create: (keys: Keys): CookieSessionEngine => new EncryptedCookieEngine(keys) },
];

const TWO_WEEKS = 1209600;

describe.each(engines)('sessions in $name', ({ name, create }) => {
  // On a whole second, since Django's signatures know no smaller unit.
  const start = 1_700_000_000_000;
  let clock: TestClock;
  let observer: RecordingObserver;

  beforeEach(() => {
    clock = new TestClock(start);
    observer = new RecordingObserver();
  });

  const engineOf = (keys: Partial<Keys> = {}) => create({ secret: 'secret', clock, cookieName: 'sessionid', ...keys });

  function managerOf(settings: Partial<CookieSessionSettings> = {}): CookieSessionManager {
    return new CookieSessionManager({
      engine: engineOf(),
      text: jsonText,
      expiry: new SessionExpiry({ cookieAge: TWO_WEEKS, expireAtBrowserClose: false, clock }),
      clock,
      observer,
      saveEveryRequest: false,
      touchAfter: 0,
      cookieName: 'sessionid',
      ...settings,
    });
  }

  /** A request from its first use of the session to its response: its state, and the cookie that the client then has. */
  async function request(
    cookies: string | readonly string[],
    action: (session: Session) => unknown = () => {},
    manager = managerOf(),
  ): Promise<{ state: SessionState; session: Session; cookie: string }> {
    const state = new SessionState(typeof cookies === 'string' ? [cookies] : cookies);
    await manager.load(state);
    const session = manager.session(state);
    await action(session);
    if (manager.needsCommit(state)) await manager.commit(state);
    expect(manager.needsCommit(state)).toBe(false);
    return { state, session, cookie: state.key ?? '' };
  }

  const given = async (data: Record<string, unknown>): Promise<string> => {
    const { cookie } = await request([], (session) => session.update(data));
    observer.takeEvents();
    return cookie;
  };

  const dataOf = async (cookies: string | readonly string[], manager = managerOf()): Promise<unknown> => {
    const { state, session } = await request(cookies, () => {}, manager);
    return state.key === undefined ? undefined : session.toJSON();
  };

  describe('a request', () => {
    it('keeps what it set, in the cookie alone', async () => {
      const { cookie } = await request([], (session) => session.set('a', { b: [1] }));
      expect(cookie).toMatch(/^[\w.:-]+$/);
      expect(await dataOf(cookie)).toEqual({ a: { b: [1] } });
      expect(observer.takeEvents()).toEqual(['created']);
    });

    it('that only reads leaves the cookie as it is', async () => {
      const cookie = await given({ a: { b: 1 } });
      clock.advance(1);
      const { state } = await request(cookie, (session) => session.get('a'));
      expect(state).toMatchObject({ key: cookie, written: false });
    });

    it('that changes the inside of a value has it kept', async () => {
      const cookie = await given({ cart: [1] });
      const changed = await request(cookie, (session) => session.get('cart').push(2));
      expect(changed.state.written).toBe(true);
      expect(await dataOf(changed.cookie)).toEqual({ cart: [1, 2] });
    });

    it('without a session makes none unless it stores something', async () => {
      const { state } = await request([], (session) => {
        session.get('a');
        session.modified = true;
      });
      expect(state).toMatchObject({ key: undefined, isEmpty: true, written: false });
    });

    it('that empties a session keeps an empty one, as Django does', async () => {
      const cookie = await given({ a: 1 });
      const emptied = await request(cookie, (session) => session.clear());
      expect(await dataOf(emptied.cookie)).toEqual({});
    });

    it('may save early and go on', async () => {
      const { state, cookie } = await request([], async (session) => {
        session.set('a', 1);
        await session.save();
        session.set('b', 2);
      });
      expect(state.written).toBe(true);
      expect(await dataOf(cookie)).toEqual({ a: 1, b: 2 });
      expect(observer.takeEvents()).toEqual(['created']);
    });

    it('sends entries that nobody changed back byte for byte', async () => {
      const text = '{"float":1.0,"big":18446744073709551616,"odd":NaN,"a":1}';
      const { cookie } = await request(engineOf().seal(text), (session) => session.set('a', 2));
      expect(engineOf().unseal(cookie).text).toBe(text.replace('"a":1', '"a":2'));
    });

    it('keeps text of any script, also that of a serializer of its own', async () => {
      const data = { name: 'Bjørn Ж 清風 😀' };
      expect(await dataOf(await given(data))).toEqual(data);
      const serializer = { dumps: JSON.stringify, loads: (text: string): unknown => JSON.parse(text) };
      const own = managerOf({ engine: engineOf({ charset: 'utf8' }), text: serializedText(serializer) });
      const { cookie } = await request([], (session) => session.update(data), own);
      expect(await dataOf(cookie, own)).toEqual(data);
    });

    it('that overlaps another loses what the other changed, if its answer comes last', async () => {
      const cookie = await given({ a: 0 });
      const [, last] = await Promise.all([
        request(cookie, (session) => session.set('a', 1)),
        request(cookie, (session) => session.set('b', 1)),
      ]);
      expect(await dataOf(last.cookie)).toEqual({ a: 0, b: 1 });
    });
  });

  describe('a flash message', () => {
    it('is for the next request, and goes with the cookie of its response', async () => {
      const left = await request([], async (session) => {
        session.flash('notice', 'Saved.');
        expect(await session.flash('notice')).toBeUndefined();
      });
      let read: unknown[] = [];
      const next = await request(left.cookie, async (session) => {
        read = await Promise.all([session.flash('notice'), session.flash('notice'), session.flash('other')]);
      });
      expect(read).toEqual(['Saved.', undefined, undefined]);
      expect(next.state.written).toBe(true);
      expect(await dataOf(next.cookie)).toEqual({});
    });

    it('stays until it is read, and the last one of its key counts', async () => {
      const left = await request([], (session) => session.flash('notice', 1));
      const replaced = await request(left.cookie, (session) => session.flash('notice', 2).set('a', 1));
      const read: unknown[] = [];
      const next = await request(replaced.cookie, async (session) => {
        session.flash('notice', 3);
        read.push(await session.flash('notice'), await session.flash('notice'));
        await session.save();
        read.push(await session.flash('notice'));
      });
      expect(read).toEqual([2, undefined, undefined]);
      await request(next.cookie, async (session) => read.push(await session.flash('notice')));
      expect(read).toEqual([2, undefined, undefined, 3]);
      expect(await dataOf(next.cookie)).toEqual({ a: 1, _flash_notice: 3 });
    });

    it('that is not there leaves the cookie as it is', async () => {
      const cookie = await given({ a: 1 });
      const { state } = await request(cookie, (session) => session.flash('notice'));
      expect(state).toMatchObject({ key: cookie, written: false, accessed: true });
    });

    it('may be read by both of two requests that overlap', async () => {
      const { cookie } = await request([], (session) => session.flash('notice', 'Saved.'));
      const read: unknown[] = [];
      const reading = async (session: Session): Promise<unknown> => read.push(await session.flash('notice'));
      await Promise.all([request(cookie, reading), request(cookie, reading)]);
      expect(read).toEqual(['Saved.', 'Saved.']);
    });

    it('cannot be read once the head of the response has left, and is still there', async () => {
      const { cookie } = await request([], (session) => session.flash('notice', 'Saved.'));
      const manager = managerOf();
      const state = new SessionState([cookie]);
      await manager.load(state);
      state.onLateChange = () => {};
      await expect(manager.session(state).flash('notice')).rejects.toThrow(ResponseHeadSentError);
      expect(manager.needsCommit(state)).toBe(false);
    });
  });

  describe('an expiry', () => {
    it.each([
      ['of its own, in seconds', 300, 300],
      ['of a day longer than the default', TWO_WEEKS + 86400, TWO_WEEKS + 86400],
      ['with the browser, after which the server keeps the default', 0, TWO_WEEKS],
      ['by the default', undefined, TWO_WEEKS],
    ])('%s ends the session on the server', async (_name, expiry, age) => {
      const { cookie } = await request([], (session) => {
        session.set('a', 1);
        session.setExpiry(expiry);
      });
      clock.advance(age - 1);
      expect(await dataOf(cookie)).toMatchObject({ a: 1 });
      clock.advance(1);
      expect(await dataOf(cookie)).toBeUndefined();
      expect(observer.warnings).toEqual([]);
      expect(observer.takeEvents()).toEqual(['created', 'expired']);
    });

    it('in seconds counts from each save', async () => {
      const { cookie } = await request([], (session) => session.setExpiry(300));
      clock.advance(200);
      const saved = await request(cookie, (session) => session.set('a', 1));
      clock.advance(200);
      expect(await dataOf(cookie)).toBeUndefined();
      expect(await dataOf(saved.cookie)).toMatchObject({ a: 1 });
    });

    it('at an instant stays there, whenever it is saved', async () => {
      const { cookie } = await request([], (session) => session.setExpiry(new Date(start + 300_000)));
      clock.advance(200);
      const saved = await request(cookie, (session) => session.set('a', 1));
      clock.advance(99);
      expect(await dataOf(saved.cookie)).toMatchObject({ a: 1 });
      clock.advance(1);
      expect(await dataOf(saved.cookie)).toBeUndefined();
    });

    it('in the past ends it at once', async () => {
      const { cookie } = await request([], (session) => {
        session.set('a', 1);
        session.setExpiry(-1);
      });
      expect(await dataOf(cookie)).toBeUndefined();
    });

    it('of an expired session does not come back with it', async () => {
      const { cookie } = await request([], (session) => {
        session.set('a', 1);
        session.setExpiry(60);
      });
      clock.advance(60);
      const next = await request(cookie, (session) => session.set('b', 1));
      expect(await dataOf(next.cookie)).toEqual({ b: 1 });
    });

    it('follows a shorter cookieAge at once', async () => {
      const cookie = await given({ a: 1 });
      clock.advance(60);
      const expiry = new SessionExpiry({ cookieAge: 60, expireAtBrowserClose: false, clock });
      expect(await dataOf(cookie, managerOf({ expiry }))).toBeUndefined();
    });

    it('is no reason to refuse a cookie from a machine whose clock is ahead', async () => {
      clock.advance(30);
      const cookie = await given({ a: 1 });
      clock.advance(-30);
      expect(await dataOf(cookie)).toEqual({ a: 1 });
    });
  });

  describe('with saveEveryRequest', () => {
    it('a request that changes nothing renews the cookie', async () => {
      const cookie = await given({ a: 1 });
      clock.advance(100);
      const { state } = await request(cookie, () => {}, managerOf({ saveEveryRequest: true }));
      expect(state.written).toBe(true);
      expect(engineOf().unseal(state.key!).sealedAt).toEqual(new Date(start + 100_000));
    });

    it('and touchAfter it does so at most once in that time', async () => {
      const manager = managerOf({ saveEveryRequest: true, touchAfter: 100 });
      const cookie = await given({ a: 1 });
      clock.advance(99);
      expect((await request(cookie, () => {}, manager)).cookie).toBe(cookie);
      clock.advance(1);
      const renewed = await request(cookie, () => {}, manager);
      expect(renewed.state.written).toBe(true);
      clock.advance(TWO_WEEKS - 1);
      expect(await dataOf(renewed.cookie)).toEqual({ a: 1 });
    });

    it('no cookie is made for a client that has none', async () => {
      const { state } = await request([], (session) => session.get('a'), managerOf({ saveEveryRequest: true }));
      expect(state).toMatchObject({ key: undefined, written: false });
    });
  });

  describe('a cookie', () => {
    it('that was altered is an empty session, and is told without its value', async () => {
      const cookie = await given({ a: 1 });
      const altered = cookie.slice(0, -2) + (cookie.endsWith('AA') ? 'BB' : 'AA');
      const { state } = await request(altered);
      expect(state).toMatchObject({ key: undefined, isEmpty: true });
      expect(observer.takeEvents()).toEqual(['rejected']);
      expect(observer.warnings).toEqual([expect.stringMatching(/^Session data corrupted: session [0-9a-f]{8} is /)]);
      expect(JSON.stringify([observer.warnings, observer.events])).not.toContain(altered.slice(0, 10));
    });

    it.each(['[1]', 'null', '"a"', '{', ''])('that rightly holds %j is rejected too', async (text) => {
      expect(await dataOf(engineOf().seal(text))).toBeUndefined();
      expect(observer.takeEvents()).toEqual(['rejected']);
    });

    it('that cannot be one at all is unknown, and nothing is said', async () => {
      expect(await dataOf(['', 'a b', '"', '{}', 'é'])).toBeUndefined();
      expect(observer.warnings).toEqual([]);
    });

    it('counts when it is the first of several that is good', async () => {
      const [first, second] = [await given({ a: 1 }), await given({ a: 2 })];
      expect(await dataOf(['forged', first, second])).toEqual({ a: 1 });
      expect(await dataOf([second, first])).toEqual({ a: 2 });
    });

    it('made with a former secret is read, and made with the present one when next saved', async () => {
      const cookie = await given({ a: 1 });
      const rotated = managerOf({ engine: engineOf({ secret: 'new', secretFallbacks: ['secret'] }) });
      const present = managerOf({ engine: engineOf({ secret: 'new' }) });
      expect((await request(cookie, (session) => session.get('a'), rotated)).cookie).toBe(cookie);
      const saved = await request(cookie, (session) => session.set('b', 2), rotated);
      expect(await dataOf(saved.cookie, present)).toEqual({ a: 1, b: 2 });
      expect(await dataOf(cookie, present)).toBeUndefined();
    });

    it('of the other engine is an empty session', async () => {
      const other = engines.find((engine) => engine.name !== name)!;
      const cookie = other.create({ secret: 'secret', clock, cookieName: 'sessionid' }).seal('{"admin":true}');
      expect(await dataOf(cookie)).toBeUndefined();
    });
  });

  describe('flush', () => {
    it.each([
      ['awaited', async (session: Session) => session.flush()],
      ['not awaited', (session: Session) => void session.flush()],
    ])('%s leaves neither key nor data', async (_name, flush) => {
      const cookie = await given({ a: 1 });
      const { state } = await request(cookie, flush);
      expect(state).toMatchObject({ key: undefined, isEmpty: true, accessed: true, written: false });
      expect(state.removals.size).toBe(0);
      expect(observer.takeEvents()).toEqual(['deleted']);
    });

    it('lets nothing of the old session into a new one', async () => {
      const cookie = await given({ a: 1, b: 2 });
      const next = await request(cookie, (session) => {
        void session.flush();
        session.set('b', 3);
      });
      expect(await dataOf(next.cookie)).toEqual({ b: 3 });
      expect(observer.takeEvents()).toEqual(['deleted', 'created']);
    });
  });

  describe('cycleKey', () => {
    it.each([
      ['awaited', async (session: Session) => session.cycleKey()],
      ['not awaited', (session: Session) => void session.cycleKey()],
    ])('%s makes another cookie of the same data', async (_name, cycle) => {
      const cookie = await given({ a: 1 });
      clock.advance(1);
      const { state } = await request(cookie, async (session) => {
        session.set('b', 2);
        await cycle(session);
      });
      expect(state).toMatchObject({ rotating: false, written: true });
      expect(state.key).not.toBe(cookie);
      expect(await dataOf(state.key!)).toEqual({ a: 1, b: 2 });
      expect(observer.takeEvents()).toEqual(['rotated']);
    });

    it('makes one of a session that had none', async () => {
      const { cookie } = await request([], (session) => session.cycleKey());
      expect(await dataOf(cookie)).toEqual({});
      expect(observer.takeEvents()).toEqual(['created']);
    });
  });

  describe('what does not fit into a cookie', () => {
    // Random, or it would be compressed.
    const filler = (length: number, seed = 1): string =>
      Array.from({ length }, (_, n) =>
        Math.abs(Math.sin(n + seed))
          .toString(36)
          .at(-3),
      ).join('');

    it('is refused with its size and the biggest entries, before anything is sent', async () => {
      const manager = managerOf();
      const cookie = await given({ a: 1 });
      const state = new SessionState([cookie]);
      await manager.load(state);
      const session = manager.session(state);
      session.update({ small: 'x', big: filler(3000), bigger: filler(3500, 0.5), user: { id: filler(40) } });
      const error = (await manager.commit(state).catch((caught: unknown) => caught)) as CookieOverflowError;
      expect(error).toBeInstanceOf(CookieOverflowError);
      expect(error.code).toBe('COOKIE_OVERFLOW');
      expect(error.message).toMatch(/take [4-9]\d{3} bytes, and browsers keep at most 4096/);
      expect(error.message).toContain(
        '"bigger" (3510 bytes of JSON), "big" (3007 bytes of JSON), "user" (55 bytes of JSON)',
      );
      expect(error.message).toContain(name);
      expect(error.message).not.toContain('"small"');
      for (const seed of [0.5, 1]) expect(error.message).not.toContain(filler(10, seed));
      expect(state).toMatchObject({ key: cookie, written: false });
      expect(manager.needsCommit(state)).toBe(true);

      session.delete('bigger');
      session.delete('big');
      await manager.commit(state);
      expect(manager.needsCommit(state)).toBe(false);
      expect(await dataOf(state.key!)).toEqual({ a: 1, small: 'x', user: { id: filler(40) } });
    });

    it('begins right after 4096 bytes of name and value', async () => {
      const all = filler(6000);
      const attempt = (length: number): Promise<string | Error> =>
        managerOf()
          .create({ a: all.slice(0, length) })
          .then(
            ({ key }) => key!,
            (error: Error) => error,
          );
      let fits = '';
      let outcome: string | Error = fits;
      for (let length = 2000; typeof outcome === 'string' && length < all.length; length++) {
        fits = outcome;
        outcome = await attempt(length);
      }
      expect(outcome).toBeInstanceOf(CookieOverflowError);
      const size = 'sessionid'.length + fits.length;
      const refused = Number(/take (\d+) bytes/.exec((outcome as Error).message)![1]);
      expect(size).toBeLessThanOrEqual(4096);
      expect(refused).toBeGreaterThan(4096);
      expect(refused - size).toBeLessThan(8);
      // Another byte of name, and it no longer fits.
      const longerName = managerOf({ cookieName: 'x'.repeat(4096 - fits.length + 1) });
      const { a } = (await dataOf(fits)) as { a: string };
      await expect(longerName.create({ a })).rejects.toThrow(CookieOverflowError);
    });

    it('is told when it is saved early, rotated or created outside a request', async () => {
      const data = { a: filler(9000) };
      await expect(managerOf().create(data)).rejects.toThrow(CookieOverflowError);
      for (const store of ['save', 'cycleKey'] as const) {
        const manager = managerOf();
        const state = new SessionState();
        await manager.load(state);
        const session = manager.session(state);
        session.update(data);
        await expect(session[store]()).rejects.toThrow(CookieOverflowError);
        expect(state).toMatchObject({ key: undefined, written: false });
        await expect(manager.commit(state)).rejects.toThrow(CookieOverflowError);
      }
    });

    it('names an entry of a very long name in part', async () => {
      const creating = managerOf().create({ [filler(5000)]: 1 });
      await expect(creating).rejects.toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(filler(100)) }),
      );
    });
  });

  describe('outside a request', () => {
    it('a session is created, found and changed by its cookie', async () => {
      const manager = managerOf();
      const { key } = await manager.create({ a: 1 });
      const session = (await manager.find(key!))!;
      session.set('b', 2);
      await session.save();
      expect(await dataOf(session.key!)).toEqual({ a: 1, b: 2 });
      expect(await dataOf(key!)).toEqual({ a: 1 });
    });

    it('nothing is found for a forged or an expired cookie', async () => {
      const { key } = await managerOf().create({ a: 1 });
      expect(await managerOf().find(`x${key}`)).toBeUndefined();
      clock.advance(TWO_WEEKS);
      expect(await managerOf().find(key!)).toBeUndefined();
    });

    it('a session cannot be ended, and there is nothing to clear', async () => {
      const { key } = await managerOf().create({ a: 1 });
      const error = await managerOf()
        .delete()
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UnsupportedByEngineError);
      expect((error as Error).message).toContain(`The session engine ${name} cannot`);
      expect(await dataOf(key!)).toEqual({ a: 1 });
      expect(await managerOf().clearExpired()).toBe(0);
    });
  });
});

it('an encrypted cookie opens under its own name only', async () => {
  const clock = new TestClock();
  const keys = { secret: 'secret', clock };
  const managerFor = (cookieName: string): CookieSessionManager =>
    new CookieSessionManager({
      engine: new EncryptedCookieEngine({ ...keys, cookieName }),
      text: jsonText,
      expiry: new SessionExpiry({ cookieAge: 60, expireAtBrowserClose: false, clock }),
      clock,
      observer: new RecordingObserver(),
      saveEveryRequest: false,
      touchAfter: 0,
      cookieName,
    });
  const { key } = await managerFor('shop').create({ role: 'guest' });
  expect(await managerFor('admin').find(key!)).toBeUndefined();
  expect(await managerFor('shop').find(key!)).toBeDefined();
});
