import { jest } from '@jest/globals';
import { SessionInterruptedError, SessionStoreError } from '../../../src/errors/index.js';
import { SessionState } from '../../../src/session/session-state.js';
import { refuseUnhandledRejections, SessionWorld, withoutPauses } from '../../support/session-world.js';

const UNKNOWN = 'u'.repeat(32);
const increment = (n = 0): number => n + 1;

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

describe('cycleKey', () => {
  it('moves the data to a new key, and the old one is dead', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit, state } = await world.request(key);
    session.set('user', 1);
    await session.cycleKey();
    expect(session.key).toMatch(/^[a-z0-9]{32}$/);
    expect(session.key).not.toBe(key);
    expect(await world.row(key)).toBeUndefined();
    expect(await world.data(session.key!)).toEqual({ cart: [1], user: 1 });
    expect(world.memory.size).toBe(1);
    expect(state.written).toBe(true);
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'create', 'replace', 'delete']);
    expect(world.observer.takeEvents()).toEqual(['rotated']);
  });

  it('gives an anonymous session a key, with or without data', async () => {
    for (const data of [{}, { a: 1 }]) {
      const { session } = await world.request(UNKNOWN);
      session.update(data);
      await session.cycleKey();
      expect(session.key).not.toBe(UNKNOWN);
      expect(await world.data(session.key!)).toEqual(data);
    }
    expect(world.observer.takeEvents()).toEqual(['rejected', 'created', 'rejected', 'created']);
  });

  it('that nobody awaits is done when the commit is', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    void session.cycleKey();
    session.set('b', 2);
    await commit();
    expect(session.key).not.toBe(key);
    expect(await world.data(session.key!)).toEqual({ a: 1, b: 2 });
    expect(world.memory.size).toBe(1);
  });

  it('moves changes that come while it is under way at the commit', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    const held = world.engine.hold('create', 'after');
    const cycle = session.cycleKey();
    await held.arrived;
    session.set('b', 2);
    held.release();
    await cycle;
    expect(await world.data(session.key!)).toEqual({ a: 1 });
    await commit();
    expect(await world.data(session.key!)).toEqual({ a: 1, b: 2 });
  });

  it.each<['create' | 'replace', 'before' | 'after']>([
    ['create', 'before'],
    ['create', 'after'],
    ['replace', 'before'],
  ])('carries over what another process stores in between (%s, %s)', async (method, when) => {
    const key = await world.given({ cart: [1], n: 1 });
    const { session } = await world.request(key);
    session.set('user', 1);
    session.compute('n', increment);
    world.engine.during(
      method,
      () => world.elsewhere(key, (theirs) => (theirs.set('cart', [1, 2]), theirs.compute('n', increment))),
      when,
    );
    await session.cycleKey();
    const expected = { cart: [1, 2], user: 1, n: 3 };
    expect(await world.data(session.key!)).toEqual(expected);
    expect(session.toJSON()).toEqual(expected);
    expect(world.memory.size).toBe(1);
  });

  it('carries over what another process stores in between, however often', async () => {
    withoutPauses();
    const key = await world.given({ n: 0 });
    const { session } = await world.request(key);
    for (let round = 0; round < 5; round++) {
      world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.compute('n', increment)));
      // The swap under the new key, between two for the old one.
      world.engine.during('replace', async () => undefined);
    }
    await session.cycleKey();
    expect(await world.data(session.key!)).toEqual({ n: 5 });
    expect(world.memory.size).toBe(1);
  });

  it('carries over what another request of the process is just storing', async () => {
    const key = await world.given({ a: 1 });
    const other = await world.request(key);
    const { session } = await world.request(key);
    const held = world.engine.hold('replace');
    other.session.set('theirs', 1);
    const theirs = other.commit();
    await held.arrived;
    session.set('mine', 1);
    const cycle = session.cycleKey();
    held.release();
    await Promise.all([theirs, cycle]);
    expect(await world.data(session.key!)).toEqual({ a: 1, theirs: 1, mine: 1 });
    expect(world.memory.size).toBe(1);
  });

  it('tells another request that stores later, in this or another process, and revives nothing', async () => {
    const key = await world.given({ a: 1 });
    const requests = [await world.request(key), await world.request(key, world.newProcess())];
    const { session } = await world.request(key);
    const cycle = session.cycleKey();
    for (const request of requests) {
      request.session.set('late', 1);
      await expect(request.commit()).rejects.toThrow(SessionInterruptedError);
    }
    await cycle;
    expect(await world.data(session.key!)).toEqual({ a: 1 });
    expect(world.memory.size).toBe(1);
  });

  it('is gone to readers and writers of the old key while the store still holds what is left of it', async () => {
    const key = await world.given({ a: 1 });
    const writer = await world.request(key);
    const { session } = await world.request(key);
    const held = world.engine.hold('delete');
    const cycle = session.cycleKey();
    await held.arrived;
    expect(await world.row(key)).toBeDefined();
    expect((await world.request(key)).session.key).toBeUndefined();
    expect(await world.manager.find(key)).toBeUndefined();
    const late = await world.request(key, world.newProcess());
    expect(late.session.isEmpty).toBe(true);
    const elsewhere = new SessionState([key]);
    elsewhere.loaded(new Map(), key, writer.state.origin);
    const request = world.newProcess();
    request.session(elsewhere).set('late', 1);
    await expect(request.commit(elsewhere)).rejects.toThrow(SessionInterruptedError);
    held.release();
    await cycle;
    expect(world.observer.warnings).toEqual([expect.stringContaining('given a new key, while a request changed it')]);
    expect(await world.row(key)).toBeUndefined();
  });

  it.each<['create' | 'replace', 'before' | 'after']>([
    ['create', 'before'],
    ['create', 'after'],
    ['replace', 'before'],
  ])(
    'loses against a logout elsewhere in between (%s, %s), and leaves no row under either key',
    async (method, when) => {
      const key = await world.given({ user: 1 });
      const { session, commit, state } = await world.request(key);
      session.set('a', 1);
      world.engine.during(method, () => world.elsewhere(key, (theirs) => theirs.flush()), when);
      await expect(session.cycleKey()).rejects.toThrow(SessionInterruptedError);
      expect(world.memory.size).toBe(0);
      expect(state.interrupted).toBe(true);
      await commit();
      expect(world.memory.size).toBe(0);
      expect(world.observer.takeEvents()).toEqual(['deleted', 'interrupted']);
    },
  );

  it('loses against a logout that comes after another request has changed the session in between', async () => {
    const key = await world.given({ user: 1 });
    const { session } = await world.request(key);
    world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.set('b', 1)));
    world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.flush()), 'after');
    await expect(session.cycleKey()).rejects.toThrow(SessionInterruptedError);
    expect(world.memory.size).toBe(0);
  });

  it.each(['one process', 'two processes'])('twice at once in %s: one wins, the other is told', async (processes) => {
    const key = await world.given({ a: 1 });
    const one = await world.request(key);
    const other = await world.request(key, processes === 'one process' ? world.manager : world.newProcess());
    one.session.set('one', 1);
    other.session.set('other', 1);
    const results = await Promise.allSettled([one.session.cycleKey(), other.session.cycleKey()]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const lost = results.find((result) => result.status === 'rejected')!;
    expect(lost.reason).toBeInstanceOf(SessionInterruptedError);
    const winner = results[0]!.status === 'fulfilled' ? one : other;
    expect(world.memory.size).toBe(1);
    expect(await world.data(winner.session.key!)).toEqual(winner.session.toJSON());
  });

  it('after an interruption tells again, and stores nothing', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    await world.memory.delete(key);
    session.set('a', 2);
    await expect(session.save()).rejects.toThrow(SessionInterruptedError);
    world.engine.takeCalls();
    await expect(session.cycleKey()).rejects.toThrow(SessionInterruptedError);
    await commit();
    expect(world.engine.takeCalls()).toEqual([]);
    expect(world.memory.size).toBe(0);
  });

  describe('on a store that fails', () => {
    it.each(['create', 'replace'] as const)(
      'at the %s changes nothing, leaves no second session, and is tried again at the commit',
      async (method) => {
        const key = await world.given({ a: 1 });
        const { session, commit } = await world.request(key);
        session.set('b', 2);
        world.engine.fail(method, new Error('down'));
        await expect(session.cycleKey()).rejects.toThrow(SessionStoreError);
        expect(session.key).toBe(key);
        expect(await world.data(key)).toEqual({ a: 1 });
        expect(world.memory.size).toBe(1);
        await commit();
        expect(session.key).not.toBe(key);
        expect(await world.data(session.key!)).toEqual({ a: 1, b: 2 });
        expect(world.memory.size).toBe(1);
      },
    );

    it('at the delete has moved the session all the same: the old key is dead, nothing is lost', async () => {
      const key = await world.given({ a: 1 });
      const { session, commit } = await world.request(key);
      session.set('b', 2);
      world.engine.fail('delete', new Error('down'));
      await session.cycleKey();
      await commit();
      expect(session.key).not.toBe(key);
      expect(await world.data(session.key!)).toEqual({ a: 1, b: 2 });
      expect((await world.request(key)).session.isEmpty).toBe(true);
      expect(world.observer.errors).toHaveLength(1);
    });

    it('that took the old session out of use without saying so loses nothing', async () => {
      const key = await world.given({ a: 1 });
      const { session } = await world.request(key);
      world.engine.fail('replace', new Error('the connection broke'), { when: 'after' });
      await session.cycleKey();
      expect(session.key).not.toBe(key);
      expect(await world.data(session.key!)).toEqual({ a: 1 });
      expect(world.memory.size).toBe(1);
    });

    it('is tried again at the commit for an anonymous and empty session, too', async () => {
      const { session, commit } = await world.request();
      world.engine.fail('create', new Error('down'));
      await expect(session.cycleKey()).rejects.toThrow(SessionStoreError);
      await commit();
      expect(await world.data(session.key!)).toEqual({});
    });

    it('that nobody awaits is tried again by the commit, which tells when that fails too', async () => {
      const key = await world.given({ a: 1 });
      const { session, commit } = await world.request(key);
      world.engine.fail('create', new Error('down'), { times: 2 });
      void session.cycleKey();
      await expect(commit()).rejects.toThrow(SessionStoreError);
      await commit();
      expect(session.key).not.toBe(key);
      expect(await world.data(session.key!)).toEqual({ a: 1 });
    });
  });

  it('leaves no second session when a computation fails on what another request has stored', async () => {
    const key = await world.given({ list: [1] });
    const { session } = await world.request(key);
    session.compute('list', (list) => [...list, 2]);
    world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.delete('list')));
    await expect(session.cycleKey()).rejects.toThrow(TypeError);
    expect(world.memory.size).toBe(1);
    expect(session.key).toBe(key);
  });
});
