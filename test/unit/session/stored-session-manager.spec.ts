import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { SessionInterruptedError, SessionStoreError, SessionValueError } from '../../../src/errors/index.js';
import { SessionCodec } from '../../../src/session/session-codec.js';
import { hashSessionKey, sessionFingerprint } from '../../../src/session/session-key.js';
import { SessionState } from '../../../src/session/session-state.js';
import { jsonText, serializedText } from '../../../src/session/session-text.js';
import type { Session } from '../../../src/session/session.js';
import { SignedPayload } from '../../../src/signing/index.js';
import { refuseUnhandledRejections, SessionWorld } from '../../support/session-world.js';
import { TestClock } from '../../support/test-clock.js';

const DAY = 86_400;
const UNKNOWN = 'u'.repeat(32);
const increment = (n = 0): number => n + 1;

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

describe('loading', () => {
  it('asks the store once, however often and from however many places', async () => {
    const key = await world.given({ a: 1 });
    const state = new SessionState([key]);
    const held = world.engine.hold('load');
    const loads = [world.manager.load(state), world.manager.load(state)];
    held.release();
    await Promise.all(loads);
    await world.manager.load(state);
    expect(world.engine.takeCalls()).toEqual(['load']);
    expect(world.manager.session(state).get('a')).toBe(1);
  });

  it('may be tried again after it has failed', async () => {
    const key = await world.given({ a: 1 });
    const state = new SessionState([key]);
    world.engine.fail('load', new Error('down'));
    const loads = [world.manager.load(state), world.manager.load(state)];
    for (const load of loads) await expect(load).rejects.toThrow(SessionStoreError);
    expect(world.manager.needsCommit(state)).toBe(false);
    await world.manager.load(state);
    expect(world.manager.session(state).get('a')).toBe(1);
    expect(world.engine.takeCalls()).toEqual(['load', 'load']);
  });

  it('asks nothing for a client without a key', async () => {
    const { session, commit } = await world.request();
    expect(session.isEmpty).toBe(true);
    await commit();
    expect(world.engine.takeCalls()).toEqual([]);
  });

  it('tries each key that the client sent, in order, until one is known', async () => {
    const [first, second] = [await world.given({ is: 'first' }), await world.given({ is: 'second' })];
    const { session } = await world.request([UNKNOWN, first, second]);
    expect([session.key, session.get('is')]).toEqual([first, 'first']);
    expect(world.engine.calls.map(({ args }) => args[0])).toEqual([UNKNOWN, first]);
  });

  it('tries at most five keys', async () => {
    const key = await world.given({ a: 1 });
    const unknown = Array.from({ length: 5 }, (_, index) => `unknown${index}`);
    const { session } = await world.request([...unknown, key]);
    expect(session.key).toBeUndefined();
    expect(world.engine.takeCalls()).toHaveLength(5);
    expect((await world.request([...unknown.slice(1), key])).session.key).toBe(key);
  });

  it('lets no text that cannot be a key reach the store, nor count among the five', async () => {
    const key = await world.given({ a: 1 });
    const hostile = [
      '',
      'short',
      'A'.repeat(32),
      `${key} `,
      `${key}\n`,
      '../../etc/passwd',
      'a\0aaaaaaaa',
      '%',
      "a' OR 1=1",
    ];
    const { session } = await world.request([...hostile, key]);
    expect(session.key).toBe(key);
    expect(world.engine.calls.map(({ args }) => args)).toEqual([[key]]);
    expect(world.observer.takeEvents()).toEqual([]);
  });

  it('treats an expired session as unknown', async () => {
    const key = await world.given({ a: 1 });
    world.clock.advance(14 * DAY);
    const { session } = await world.request(key);
    expect([session.key, session.isEmpty]).toEqual([undefined, true]);
  });
});

describe('data that cannot be read', () => {
  const foreign = new SessionCodec(
    jsonText,
    new SignedPayload({ secret: 'of another application', clock: new TestClock() }),
  );
  const expiresAt = (): Date => new Date(world.clock.now() + 60_000);

  it.each<[string, () => string]>([
    ['signed with another secret', () => foreign.encode('{"a":1}')],
    ['altered', () => world.codec.encode('{"a":1}').replace('e', 'f')],
    ['no object', () => world.codec.encode('[1]')],
    ['no JSON', () => world.codec.encode('a: 1')],
    ['garbage', () => 'garbage'],
    ['empty', () => ''],
  ])('because it is %s makes the session unknown, keeps the row, and is told', async (_name, data) => {
    const key = 'corrupted0';
    await world.memory.create(key, { data: data(), expiresAt: expiresAt() });
    const { session, commit } = await world.request(key);
    expect([session.key, session.isEmpty]).toEqual([undefined, true]);
    expect(world.observer.warnings).toEqual([expect.stringContaining('Session data corrupted')]);
    expect(world.observer.warnings[0]).toContain(sessionFingerprint(key));
    expect(world.observer.warnings[0]).not.toContain(key);
    expect(world.observer.events).toEqual([
      {
        type: 'rejected',
        session: sessionFingerprint(key),
        reason: 'corrupted',
        detail: expect.any(String),
        at: new Date(world.clock.now()),
      },
    ]);

    session.set('mine', 1);
    await commit();
    expect(session.key).not.toBe(key);
    expect(await world.data(session.key!)).toEqual({ mine: 1 });
    expect((await world.row(key))!.data).toBe(data());
  });

  it('does not hide a good session of a key that comes after it', async () => {
    await world.memory.create('corrupted0', { data: 'garbage', expiresAt: expiresAt() });
    const key = await world.given({ a: 1 });
    expect((await world.request(['corrupted0', key])).session.key).toBe(key);
  });

  it('interrupts a request that had read it before, and is not overwritten', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    const row = (await world.row(key))!;
    await world.memory.replace(key, { ...row, data: foreign.encode('{"a":2}') }, row);
    session.set('a', 3);
    await expect(commit()).rejects.toThrow(SessionInterruptedError);
    expect(foreign.decode((await world.row(key))!.data).text).toBe('{"a":2}');
  });

  it('is not quoted in the warning when a serializer of the application quotes it', async () => {
    const text = serializedText({ dumps: JSON.stringify, loads: JSON.parse });
    const codec = new SessionCodec(text, new SignedPayload({ secret: 'world' }));
    world = new SessionWorld({ codec });
    await world.memory.create('corrupted0', { data: codec.encode('{"password":hunter2}'), expiresAt: expiresAt() });
    await world.request('corrupted0');
    expect(world.observer.warnings).toHaveLength(1);
    expect(inspect(world.observer)).not.toMatch(/hunter2|password/);
  });
});

describe('storing', () => {
  it('creates a session under a new key when it is first written to', async () => {
    const { session, commit, state } = await world.request(UNKNOWN);
    session.set('a', 1);
    await commit();
    expect(session.key).toMatch(/^[a-z0-9]{32}$/);
    expect(await world.data(session.key!)).toEqual({ a: 1 });
    expect((await world.row(session.key!))!.expiresAt).toEqual(new Date(world.clock.now() + 14 * DAY * 1000));
    expect(state.written).toBe(true);
    expect(world.engine.takeCalls()).toEqual(['load', 'create']);
    expect(world.observer.takeEvents()).toEqual(['rejected', 'created']);
  });

  it.each<[string, (session: Session) => unknown]>([
    ['read from', (session) => session.get('a')],
    ['marked as modified', (session) => (session.modified = true)],
    ['cleared', (session) => session.clear()],
    ['updated with nothing', (session) => session.update({})],
    ['written to and emptied', (session) => session.set('a', 1).delete('a')],
    ['flushed', (session) => session.flush()],
    ['written to and flushed', (session) => session.set('a', 1).flush()],
  ])('creates nothing for an empty session that was %s', async (_name, use) => {
    for (const sent of [[], [UNKNOWN]]) {
      const { session, commit } = await world.request(sent);
      await use(session);
      await commit();
      expect(session.key).toBeUndefined();
    }
    expect(world.memory.size).toBe(0);
    expect(world.engine.takeCalls()).toEqual(['load']);
  });

  it('creates an empty session on save() and cycleKey(), as Django does', async () => {
    for (const method of ['save', 'cycleKey'] as const) {
      const { session } = await world.request();
      await session[method]();
      expect(await world.data(session.key!)).toEqual({});
    }
  });

  it('replaces a session that was changed, and writes nothing when it was only read', async () => {
    const key = await world.given({ a: 1, b: 2 });
    const { session, commit } = await world.request(key);
    session.get('a');
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load']);
    session.set('a', 3).delete('b');
    await commit();
    expect(session.key).toBe(key);
    expect(await world.data(key)).toEqual({ a: 3 });
    await commit();
    expect(world.engine.takeCalls()).toEqual(['replace']);
  });

  it('keeps the row of a session that was emptied', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    session.clear();
    await commit();
    expect(await world.data(key)).toEqual({});
  });

  it('saves at once on save(), and then only what came later', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    session.set('a', 2);
    await session.save();
    expect(await world.data(key)).toEqual({ a: 2 });
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'replace']);
    session.set('b', 3);
    await commit();
    expect(await world.data(key)).toEqual({ a: 2, b: 3 });
  });

  it('waits at the commit for a save that nobody awaits', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit, state } = await world.request(key);
    session.set('a', 2);
    const held = world.engine.hold('replace');
    void session.save();
    await held.arrived;
    expect(world.manager.needsCommit(state)).toBe(true);
    const committed = commit();
    held.release();
    await committed;
    expect(await world.data(key)).toEqual({ a: 2 });
    expect(world.manager.needsCommit(state)).toBe(false);
  });

  it('leaves entries that nobody changed as they stand in the store, byte for byte', async () => {
    const kept = '"nan":NaN,"float":1.0,"big":9007199254740993';
    const key = await world.givenText(`{${kept},"n":1}`);
    await world.elsewhere(key, (session) => session.set('theirs', 1));
    const { session, commit } = await world.request(key);
    session.compute('n', increment);
    session.get('nan');
    await world.elsewhere(key, (session) => session.set('theirs', 2));
    await commit();
    expect(await world.text(key)).toBe(`{${kept},"n":2,"theirs":2}`);
  });

  it('carries them over to a new key, too', async () => {
    const key = await world.givenText('{"nan":NaN,"float":1.0,"big":9007199254740993}');
    const { session } = await world.request(key);
    await session.cycleKey();
    expect(await world.text(session.key!)).toBe('{"nan":NaN,"float":1.0,"big":9007199254740993}');
  });

  it('refuses to write back an integer that JavaScript has rounded, and stores nothing then', async () => {
    const key = await world.givenText('{"ids":[9007199254740993]}');
    const { session, commit } = await world.request(key);
    session.get('ids').push(1);
    session.set('other', 1);
    await expect(commit()).rejects.toThrow(SessionValueError);
    expect(await world.text(key)).toBe('{"ids":[9007199254740993]}');
  });

  it.each<[string, (session: Session) => unknown, number | Date]>([
    ['the cookie age', () => undefined, 14 * DAY],
    ['seconds', (session) => session.setExpiry(300), 300],
    ['0, as for the cookie age', (session) => session.setExpiry(0), 14 * DAY],
    [
      'an instant',
      (session) => session.setExpiry(new Date('2023-12-24T18:00:00.500Z')),
      new Date('2023-12-24T18:00:00.500Z'),
    ],
    ['the past', (session) => session.setExpiry(-10), -10],
  ])('stores when the session ends, counted from the save: %s', async (_name, act, expected) => {
    const { session, commit } = await world.request();
    session.set('a', 1);
    act(session);
    world.clock.advance(100);
    await commit();
    const { session: stored } = world.engine.calls
      .map(({ args }) => ({ session: args[1] as { expiresAt: Date } }))
      .at(-1)!;
    const end = typeof expected === 'number' ? new Date(world.clock.now() + expected * 1000) : expected;
    expect(stored.expiresAt).toEqual(end);
  });

  it('lets a session with seconds of its own live that long from each save', async () => {
    const { session, commit } = await world.request();
    session.set('a', 1).setExpiry(300);
    await commit();
    world.clock.advance(200);
    session.set('a', 2);
    await commit();
    world.clock.advance(299);
    expect(await world.data(session.key!)).toEqual({ a: 2, _session_expiry: 300 });
    world.clock.advance(1);
    expect(await world.data(session.key!)).toBeUndefined();
  });

  it('gives the engine the values beside the data, for columns of its own', async () => {
    const { session, commit } = await world.request();
    session.set('userId', 7);
    await commit();
    const stored = world.engine.calls.at(-1)!.args[1] as { values: unknown };
    expect(stored.values).toEqual({ userId: 7 });
    expect(JSON.stringify(stored)).not.toContain('userId');
  });

  it('draws another key when one is taken, and keeps the data of both', async () => {
    const create = jest.spyOn(world.memory, 'create');
    create.mockImplementationOnce(async () => false).mockImplementationOnce(async () => false);
    const { session, commit } = await world.request();
    session.set('a', 1);
    await commit();
    const keys = create.mock.calls.map(([key]) => key);
    expect(new Set(keys).size).toBe(3);
    expect(session.key).toBe(keys[2]);
    expect(await world.data(session.key!)).toEqual({ a: 1 });
  });

  it('gives up when every key is taken', async () => {
    jest.spyOn(world.memory, 'create').mockImplementation(async () => false);
    const { session, commit } = await world.request();
    session.set('a', 1);
    await expect(commit()).rejects.toThrow(SessionStoreError);
    expect(world.engine.calls.length).toBeLessThan(1000);
  });
});

describe('saveEveryRequest', () => {
  const end = (seconds: number): Date => new Date(world.clock.now() + seconds * 1000);

  it('renews the expiry of a session that was not changed, without writing its data', async () => {
    world = new SessionWorld({ saveEveryRequest: true });
    const key = await world.given({ a: 1 });
    const { data } = (await world.row(key))!;
    world.clock.advance(DAY);
    const { commit, state } = await world.request(key);
    await commit();
    expect(await world.row(key)).toEqual({ data, expiresAt: end(14 * DAY) });
    expect(state.written).toBe(true);
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'touch']);
  });

  it('is off by default', async () => {
    const key = await world.given({ a: 1 });
    world.clock.advance(DAY);
    await (await world.request(key)).commit();
    expect(world.engine.takeCalls()).toEqual(['load']);
  });

  it('renews at most once in touchAfter seconds', async () => {
    world = new SessionWorld({ saveEveryRequest: true, touchAfter: 3600 });
    const key = await world.given({ a: 1 });
    const begin = end(14 * DAY);
    world.clock.advance(3599);
    await (await world.request(key)).commit();
    expect((await world.row(key))!.expiresAt).toEqual(begin);
    world.clock.advance(1);
    await (await world.request(key)).commit();
    expect((await world.row(key))!.expiresAt).toEqual(end(14 * DAY));
    expect(world.engine.takeCalls()).toEqual(['load', 'load', 'touch']);
  });

  it('writes once when there is also something to store', async () => {
    world = new SessionWorld({ saveEveryRequest: true, touchAfter: 3600 });
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    session.set('a', 2);
    await commit();
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'replace']);
  });

  it('renews by the expiry that the session has of its own, and an instant not at all', async () => {
    world = new SessionWorld({ saveEveryRequest: true, touchAfter: 10 });
    const instant = end(DAY);
    const own = (await world.request()).session;
    own.setExpiry(300);
    await own.save();
    const fixed = (await world.request()).session;
    fixed.setExpiry(instant);
    await fixed.save();
    world.clock.advance(60);
    for (const { key } of [own, fixed]) await (await world.request(key)).commit();
    expect((await world.row(own.key!))!.expiresAt).toEqual(end(300));
    expect((await world.row(fixed.key!))!.expiresAt).toEqual(instant);
  });

  it('creates nothing for an anonymous or unknown session', async () => {
    world = new SessionWorld({ saveEveryRequest: true });
    await (await world.request()).commit();
    await (await world.request(UNKNOWN)).commit();
    expect(world.engine.takeCalls()).toEqual(['load']);
    expect(world.memory.size).toBe(0);
  });

  it('neither revives a session that is gone nor interrupts a request that changed nothing', async () => {
    world = new SessionWorld({ saveEveryRequest: true });
    const key = await world.given({ a: 1 });
    const { commit, state } = await world.request(key);
    await world.memory.delete(key);
    await commit();
    expect([world.memory.size, state.written, state.interrupted]).toEqual([0, false, false]);
  });

  it('renews nothing after a flush', async () => {
    world = new SessionWorld({ saveEveryRequest: true });
    const { session, commit } = await world.request(await world.given({ a: 1 }));
    await session.flush();
    await commit();
    expect(world.memory.size).toBe(0);
  });
});

describe('hashKeys', () => {
  it('keeps only the SHA-256 of a key in the store', async () => {
    world = new SessionWorld({ hashKeys: true, saveEveryRequest: true });
    const { session, commit } = await world.request();
    session.set('a', 1);
    await commit();
    const key = session.key!;
    expect(await world.memory.load(key)).toBeUndefined();
    expect(await world.memory.load(hashSessionKey(key))).toBeDefined();

    const next = await world.request(key);
    next.session.set('b', 2);
    await next.commit();
    world.clock.advance(1);
    await (await world.request(key)).commit();
    await next.session.cycleKey();
    await next.session.flush();
    const keys = world.engine.calls.map(({ args }) => args[0]);
    expect(keys).toHaveLength(9);
    expect(keys.filter((used) => !/^[0-9a-f]{64}$/.test(used as string))).toEqual([]);
    expect(world.memory.size).toBe(0);
  });

  it('opens no session by what the store holds', async () => {
    world = new SessionWorld({ hashKeys: true });
    const { key } = await world.manager.create({ a: 1 });
    expect((await world.request(hashSessionKey(key!))).session.isEmpty).toBe(true);
    expect(await world.manager.find(hashSessionKey(key!))).toBeUndefined();
  });

  it('off keeps the key itself, as Django does', async () => {
    const { key } = await world.manager.create({ a: 1 });
    expect(await world.memory.load(key!)).toBeDefined();
  });
});

describe('outside a request', () => {
  it('create stores a session and gives it with its key', async () => {
    const session = await world.manager.create({ user: 1 });
    expect(session.get('user')).toBe(1);
    expect(await world.data(session.key!)).toEqual({ user: 1 });
    expect((await world.manager.create({})).key).toMatch(/^[a-z0-9]{32}$/);
    expect(world.memory.size).toBe(2);
  });

  it('find gives a live session, to be changed and saved', async () => {
    const key = await world.given({ user: 1 });
    const session = (await world.manager.find(key))!;
    session.set('user', 2);
    await session.save();
    expect(await world.data(key)).toEqual({ user: 2 });
  });

  it('find gives nothing for a key that is unknown, expired, corrupted or none at all', async () => {
    const key = await world.given({ user: 1 });
    world.clock.advance(14 * DAY);
    await world.memory.create('corrupted0', { data: 'x', expiresAt: new Date(world.clock.now() + 1000) });
    for (const sought of [key, UNKNOWN, 'corrupted0', '', '../etc', '__proto__']) {
      expect(await world.manager.find(sought)).toBeUndefined();
    }
    expect(world.engine.takeCalls()).toEqual(['load', 'load', 'load']);
  });

  it('delete ends a session, wherever it is in use, and does not mind a missing one', async () => {
    const key = await world.given({ user: 1 });
    await world.manager.delete(key);
    await world.manager.delete(key);
    await world.manager.delete('../etc/passwd');
    expect(world.memory.size).toBe(0);
    expect(world.engine.takeCalls()).toEqual(['delete', 'delete']);
  });

  it('clearExpired removes what has expired, in batches, and says how much', async () => {
    for (let n = 0; n < 25; n++) await world.given({ n });
    world.clock.advance(14 * DAY);
    const live = await world.given({ live: true });
    expect(await world.manager.clearExpired(10)).toBe(25);
    expect(world.engine.calls.map(({ args }) => args)).toEqual([[10], [10], [10]]);
    expect(world.memory.size).toBe(1);
    expect(await world.data(live)).toEqual({ live: true });
    expect(await world.manager.clearExpired()).toBe(0);
  });

  it('clearExpired stops at a batch that is just full', async () => {
    for (let n = 0; n < 10; n++) await world.given({ n });
    world.clock.advance(14 * DAY);
    expect(await world.manager.clearExpired(10)).toBe(10);
    expect(world.engine.takeCalls()).toEqual(['deleteExpired', 'deleteExpired']);
  });

  it('clearExpired tells when the store fails', async () => {
    world.engine.fail('deleteExpired', new Error('down'));
    await expect(world.manager.clearExpired()).rejects.toThrow(SessionStoreError);
  });
});
