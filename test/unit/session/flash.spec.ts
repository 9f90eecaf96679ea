import { jest } from '@jest/globals';
import {
  SessionConflictError,
  SessionInterruptedError,
  SessionStoreError,
  SessionValueError,
} from '../../../src/errors/index.js';
import { serializedText } from '../../../src/session/session-text.js';
import { SessionRecord } from '../../../src/session/session-record.js';
import { SessionCodec } from '../../../src/session/session-codec.js';
import type { Session } from '../../../src/session/session.js';
import { SignedPayload } from '../../../src/signing/index.js';
import { refuseUnhandledRejections, SessionWorld, withoutPauses } from '../../support/session-world.js';

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

/** A session in which an earlier request has left messages. */
async function givenMessages(messages: Record<string, unknown>, data: Record<string, unknown> = {}): Promise<string> {
  const key = await world.given(data);
  await world.elsewhere(key, (session) => {
    for (const [name, value] of Object.entries(messages)) session.flash(name, value);
  });
  world.observer.takeEvents();
  return key;
}

/** What the next request of another process gets. */
async function nextGets(key: string, message = 'notice'): Promise<unknown> {
  let value: unknown;
  await world.elsewhere(key, async (session) => (value = await session.flash(message)));
  return value;
}

describe('a flash message', () => {
  it.each([['Saved.'], [''], [0], [false], [null], [{ text: 'Saved.', at: [1, 2] }]])(
    'of %j is for the next request, once',
    async (value) => {
      const { session, commit } = await world.request();
      expect(session.flash('notice', value)).toBe(session);
      await commit();
      const key = session.key!;
      expect(await nextGets(key)).toEqual(value);
      expect(await nextGets(key)).toBeUndefined();
      expect(await world.data(key)).toEqual({});
    },
  );

  it('stays until it is read', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    for (let request = 0; request < 3; request++) await world.elsewhere(key, (session) => session.set('seen', request));
    expect(await nextGets(key)).toBe('Saved.');
  });

  it('is not for the request that leaves it, whether that stores it early or not', async () => {
    const { session, commit } = await world.request();
    session.flash('notice', 'mine');
    expect(await session.flash('notice')).toBeUndefined();
    await session.save();
    expect(await session.flash('notice')).toBeUndefined();
    session.flash('notice', 'mine again');
    await session.cycleKey();
    expect(await session.flash('notice')).toBeUndefined();
    await commit();
    expect(await nextGets(session.key!)).toBe('mine again');
  });

  it('of the same key as one that the request leaves itself still reaches it, and its own stays', async () => {
    const key = await givenMessages({ notice: 'theirs' });
    const { session, commit } = await world.request(key);
    session.flash('notice', 'mine');
    expect(await session.flash('notice')).toBe('theirs');
    expect(await session.flash('notice')).toBeUndefined();
    await commit();
    expect(await nextGets(key)).toBe('mine');
  });

  it('that nobody has read yet is replaced by the next of its key', async () => {
    const key = await givenMessages({ notice: 'first' });
    await world.elsewhere(key, (session) => session.flash('notice', 'second'));
    expect(await nextGets(key)).toBe('second');
    expect(await nextGets(key)).toBeUndefined();
  });

  it('is stored when the reader has it, and nothing else of the request with it', async () => {
    const key = await givenMessages({ notice: 'Saved.' }, { count: 1, list: [1] });
    const { session, commit } = await world.request(key);
    session.set('name', 'Ada');
    session.compute('count', (count) => count + 1);
    session.get('list').push(2);
    expect(await session.flash('notice')).toBe('Saved.');
    expect(await world.data(key)).toEqual({ count: 1, list: [1] });
    await commit();
    expect(await world.data(key)).toEqual({ name: 'Ada', count: 2, list: [1, 2] });
  });

  it('that is not there costs no call of the store', async () => {
    const key = await givenMessages({ other: 1 });
    world.engine.takeCalls();
    const { session, commit, state } = await world.request(key);
    expect(await session.flash('notice')).toBeUndefined();
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load']);
    expect([state.written, session.accessed, session.modified]).toEqual([false, true, false]);
  });

  it('that is there costs one, and the client is sent the cookie with the new expiry', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    world.clock.advance(60);
    const { session, commit, state } = await world.request(key);
    await session.flash('notice');
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'replace']);
    expect([state.written, session.modified]).toEqual([true, true]);
    expect((await world.row(key))!.expiresAt).toEqual(session.getExpiryDate());
  });

  it('is read once by a request that asks several times at once', async () => {
    const key = await givenMessages({ notice: 'Saved.', error: 'Failed.' });
    const { session } = await world.request(key);
    const read = await Promise.all(['notice', 'notice', 'error', 'notice', 'error'].map((name) => session.flash(name)));
    expect(read).toEqual(['Saved.', undefined, 'Failed.', undefined, undefined]);
    expect(await world.data(key)).toEqual({});
  });

  it('that is read without waiting is gone when the commit is done', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit } = await world.request(key);
    const reading = session.flash('notice');
    await commit();
    expect(await world.data(key)).toEqual({});
    expect(await reading).toBe('Saved.');
  });

  it('stays away although the application changes what a dump of the session held', async () => {
    const key = await givenMessages({ notice: { text: 'Saved.' } });
    const { session, commit } = await world.request(key);
    const dump = session.toJSON();
    const notice = await session.flash('notice');
    notice.text = 'changed';
    (dump._flash_notice as { text: string }).text = 'changed';
    await commit();
    expect(await world.data(key)).toEqual({});
  });

  it('goes with a new key, and ends with the data', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session } = await world.request(key);
    await session.cycleKey();
    expect(await nextGets(session.key!)).toBe('Saved.');

    const cleared = await world.request(await givenMessages({ notice: 'Saved.' }));
    cleared.session.clear();
    expect(await cleared.session.flash('notice')).toBeUndefined();
    await cleared.session.flush();
    cleared.session.flash('notice', 'Goodbye.');
    await cleared.commit();
    expect(await nextGets(cleared.session.key!)).toBe('Goodbye.');
  });

  it('of any key disturbs no other data', async () => {
    const messages = JSON.parse('{"__proto__":"q","":"empty","a":"flash"}') as Record<string, unknown>;
    const key = await givenMessages(messages, { a: 'data' });
    expect(await nextGets(key, '__proto__')).toBe('q');
    expect(await nextGets(key, '')).toBe('empty');
    expect(await nextGets(key, 'a')).toBe('flash');
    expect(await world.data(key)).toEqual({ a: 'data' });
  });

  it.each([[new Date()], [undefined], [Number.NaN], [{ deep: new Map() }]])(
    'that JSON cannot hold is refused: %p',
    async (value) => {
      const { session, state } = await world.request();
      expect(() => session.flash('notice', value)).toThrow(SessionValueError);
      expect(() => session.flash('notice', value)).toThrow('The session value "notice" holds');
      expect(world.manager.needsCommit(state)).toBe(false);
    },
  );

  it('that is read leaves the beginning of a session where it was, though nothing but its signature tells it', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const start = Math.floor(world.clock.now() / 1000);
    world.clock.advance(60);
    const noting = world.newProcess(undefined, { record: new SessionRecord(world.clock) });
    expect(await (await world.request(key, noting)).session.flash('notice')).toBe('Saved.');
    expect(await world.data(key)).toEqual({ _session_start: start });
  });

  it('is read as a serializer of the application gives it', async () => {
    const text = serializedText({
      dumps: (value) => `#${JSON.stringify(value)}`,
      loads: (it) => JSON.parse(it.slice(1)),
    });
    world = new SessionWorld({ codec: new SessionCodec(text, new SignedPayload({ secret: 'world' })) });
    const key = await givenMessages({ notice: [1] }, { a: 1 });
    expect(await nextGets(key)).toEqual([1]);
    expect(await world.data(key)).toEqual({ a: 1 });
  });
});

describe('a flash message that others want, too', () => {
  type Start = () => { mine: SessionWorld['manager']; theirs: SessionWorld['manager'] };
  const starts: [string, Start][] = [
    ['one process', () => ({ mine: world.manager, theirs: world.manager })],
    ['two processes', () => ({ mine: world.manager, theirs: world.newProcess() })],
  ];

  it.each(starts)('is read by one of 50 requests that overlap in %s', async (_name, start) => {
    withoutPauses();
    const key = await givenMessages({ notice: 'Saved.' });
    const { mine, theirs } = start();
    const requests = await Promise.all(Array.from({ length: 50 }, (_, n) => world.request(key, n % 2 ? mine : theirs)));
    const read = await Promise.all(requests.map(({ session }) => session.flash('notice')));
    await Promise.all(requests.map(({ commit }) => commit()));
    expect(read.filter((value) => value !== undefined)).toEqual(['Saved.']);
    expect(await world.data(key)).toEqual({});
  });

  it.each(starts)(
    'is lost by none of the requests that change other keys at the same time in %s',
    async (_name, start) => {
      withoutPauses();
      const key = await givenMessages({ notice: 'Saved.' }, { count: 0 });
      const { mine, theirs } = start();
      const requests = await Promise.all(
        Array.from({ length: 20 }, (_, n) => world.request(key, n % 2 ? mine : theirs)),
      );
      const read = await Promise.all(
        requests.map(async ({ session, commit }, n) => {
          session.set(`key${n}`, n);
          session.flash(`own${n}`, n);
          session.compute('count', (count) => count + 1);
          const value = n % 4 === 0 ? await session.flash('notice') : undefined;
          await commit();
          return value;
        }),
      );
      expect(read.filter((value) => value !== undefined)).toEqual(['Saved.']);
      const data = (await world.data(key))!;
      expect(data).toMatchObject({ count: 20, key0: 0, key19: 19, _flash_own0: 0, _flash_own19: 19 });
      expect(Object.keys(data)).toHaveLength(41);
    },
  );

  it('reaches the one that is first although its own changes come later, and both keep these', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit } = await world.request(key);
    session.set('mine', 1);
    world.engine.during('replace', () =>
      world.elsewhere(key, async (theirs) => {
        theirs.set('theirs', await theirs.flash('notice'));
      }),
    );
    expect(await session.flash('notice')).toBeUndefined();
    await commit();
    expect(await world.data(key)).toEqual({ mine: 1, theirs: 'Saved.' });
  });

  it('is taken from the newest data when another key was changed meanwhile', async () => {
    const key = await givenMessages({ notice: 'old' });
    const { session, commit } = await world.request(key);
    session.set('mine', 1);
    world.engine.during('replace', () =>
      world.elsewhere(key, (theirs) => theirs.set('theirs', 1).flash('notice', 'new')),
    );
    expect(await session.flash('notice')).toBe('new');
    expect(session.get('theirs')).toBe(1);
    await commit();
    expect(await world.data(key)).toEqual({ theirs: 1, mine: 1 });
  });

  it('and that is left anew right after it was read stays for the next request', async () => {
    const key = await givenMessages({ notice: 'first' });
    const { session, commit } = await world.request(key);
    world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.flash('notice', 'second')), 'after');
    expect(await session.flash('notice')).toBe('first');
    session.set('a', 1);
    await commit();
    expect(await session.flash('notice')).toBeUndefined();
    expect(await nextGets(key)).toBe('second');
    expect(await world.data(key)).toEqual({ a: 1 });
  });

  const endings: [string, (session: Session) => Promise<void>][] = [
    ['logs out', (session) => session.flush()],
    ['gets a new key', (session) => session.cycleKey()],
  ];
  it.each(endings)('is not there any more for a reader while another request %s', async (_name, end) => {
    const key = await givenMessages({ notice: 'Saved.' }, { a: 1 });
    const { session, commit, state } = await world.request(key);
    world.engine.during('replace', () => world.elsewhere(key, end));
    expect(await session.flash('notice')).toBeUndefined();
    await commit();
    expect(await world.row(key)).toBeUndefined();
    // Who only wanted to read has nothing to be told.
    expect(state.interrupted).toBe(false);
    expect(world.observer.takeEvents()).not.toContain('interrupted');
  });

  it('is not there any more after a logout, which a request that changed something is told', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit } = await world.request(key);
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.flush());
    expect(await session.flash('notice')).toBeUndefined();
    await expect(commit()).rejects.toThrow(SessionInterruptedError);
    expect(await session.flash('notice')).toBeUndefined();
    expect(world.memory.size).toBe(0);
  });

  it('is read either under the old key or the new, never both, wherever a login overlaps', async () => {
    for (const [method, when] of [
      ['create', 'before'],
      ['create', 'after'],
      ['replace', 'before'],
      ['replace', 'after'],
      ['delete', 'before'],
      ['delete', 'after'],
    ] as const) {
      const key = await givenMessages({ notice: 'Saved.' });
      const login = await world.request(key);
      const reader = await world.request(key, world.newProcess(world.memory));
      let read: unknown;
      world.engine.during(method, async () => (read = await reader.session.flash('notice')), when);
      await login.session.cycleKey();
      await reader.commit();
      const afterwards = await nextGets(login.session.key!);
      expect([read, afterwards].filter((value) => value !== undefined)).toEqual(['Saved.']);
      expect(world.memory.size).toBe(1);
      await login.session.flush();
    }
  });
});

describe('reading a flash message', () => {
  it('that a flush of the same request overtakes leaves no session behind', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit } = await world.request(key);
    const held = world.engine.hold('replace', 'after');
    const reading = session.flash('notice');
    await held.arrived;
    const flushing = session.flush();
    session.flash('notice', 'Goodbye.');
    held.release();
    expect(await reading).toBe('Saved.');
    await flushing;
    await commit();
    expect(await world.row(key)).toBeUndefined();
    expect(await nextGets(session.key!)).toBe('Goodbye.');
  });

  it('when the store is down rejects, and the message is there for the next time', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit, state } = await world.request(key);
    world.engine.fail('replace', new Error('down'));
    await expect(session.flash('notice')).rejects.toThrow(SessionStoreError);
    expect(world.manager.needsCommit(state)).toBe(false);
    await commit();
    expect(await session.flash('notice')).toBe('Saved.');
    expect(await world.data(key)).toEqual({});
  });

  it('when the store is down after a conflict rejects, and the message is there for the next time', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session } = await world.request(key);
    await world.elsewhere(key, (theirs) => theirs.set('a', 1));
    world.engine.during('replace', async () => undefined);
    world.engine.fail('replace', new Error('down'));
    await expect(session.flash('notice')).rejects.toThrow(SessionStoreError);
    expect(await session.flash('notice')).toBe('Saved.');
    expect(await world.data(key)).toEqual({ a: 1 });
  });

  it('that fails and that nobody waits for troubles nobody', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, commit } = await world.request(key);
    world.engine.fail('replace', new Error('down'));
    void session.flash('notice');
    await commit();
    expect(await nextGets(key)).toBe('Saved.');
  });

  it('gives up when others are always first', async () => {
    withoutPauses();
    const key = await givenMessages({ notice: 'Saved.' });
    const { session } = await world.request(key);
    jest.spyOn(world.memory, 'replace').mockResolvedValue('changed');
    await expect(session.flash('notice')).rejects.toThrow(SessionConflictError);
    jest.restoreAllMocks();
    expect(await nextGets(key)).toBe('Saved.');
  });

  it('works as well when the head of the response has left', async () => {
    const key = await givenMessages({ notice: 'Saved.' });
    const { session, state } = await world.request(key);
    state.onLateChange = () => expect(state).toBe('told');
    expect(await session.flash('notice')).toBe('Saved.');
    expect(await world.data(key)).toEqual({});
  });
});
