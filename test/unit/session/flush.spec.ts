import { jest } from '@jest/globals';
import { SessionInterruptedError, SessionStoreError } from '../../../src/errors/index.js';
import { refuseUnhandledRejections, SessionWorld } from '../../support/session-world.js';

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

describe('flush', () => {
  it('removes the session from the store at once, and what comes later gets a new key', async () => {
    const key = await world.given({ user: 1 });
    const { session, commit } = await world.request(key);
    await session.flush();
    expect(await world.row(key)).toBeUndefined();
    expect([session.key, session.isEmpty, session.size]).toEqual([undefined, true, 0]);
    session.set('flash', 'Goodbye');
    await commit();
    expect(session.key).toMatch(/^[a-z0-9]{32}$/);
    expect(session.key).not.toBe(key);
    expect(await world.data(session.key!)).toEqual({ flash: 'Goodbye' });
    expect(world.observer.takeEvents()).toEqual(['deleted', 'created']);
  });

  it('makes every other request of the session fail to store anything', async () => {
    const key = await world.given({ user: 1 });
    const slow = await world.request(key);
    const { session } = await world.request(key);
    slow.session.set('a', 1);
    await session.flush();
    await expect(slow.commit()).rejects.toThrow(SessionInterruptedError);
    expect(world.memory.size).toBe(0);
  });

  it('keeps the session in the store when the store fails, says so, and is tried again at the commit', async () => {
    const key = await world.given({ user: 1 });
    const { session, commit, state } = await world.request(key);
    world.engine.fail('delete', new Error('down'), { times: 2 });
    await expect(session.flush()).rejects.toThrow(SessionStoreError);
    expect(await world.data(key)).toEqual({ user: 1 });
    expect(state.removals.size).toBe(1);
    session.set('flash', 1);
    await expect(commit()).rejects.toThrow(SessionStoreError);
    expect(world.memory.size).toBe(1);
    await commit();
    expect(await world.row(key)).toBeUndefined();
    expect(await world.data(session.key!)).toEqual({ flash: 1 });
  });

  it('that nobody awaits is done when the commit is', async () => {
    const key = await world.given({ user: 1 });
    const { session, commit, state } = await world.request(key);
    const held = world.engine.hold('delete');
    void session.flush();
    expect(world.manager.needsCommit(state)).toBe(true);
    await held.arrived;
    const committed = commit();
    held.release();
    await committed;
    expect(await world.row(key)).toBeUndefined();
  });

  it('that nobody awaits and that fails is tried again by the commit, which tells when that fails too', async () => {
    const key = await world.given({ user: 1 });
    const { session, commit } = await world.request(key);
    world.engine.fail('delete', new Error('down'), { times: 2 });
    void session.flush();
    await expect(commit()).rejects.toThrow(SessionStoreError);
    await commit();
    expect(await world.row(key)).toBeUndefined();
  });

  it('of an anonymous session forgets what was set, and asks the store nothing', async () => {
    const { session, commit } = await world.request();
    session.set('a', 1);
    await session.flush();
    session.modified = true;
    await commit();
    expect(world.engine.takeCalls()).toEqual([]);
  });

  it('twice removes both sessions', async () => {
    const key = await world.given({ a: 1 });
    const { session } = await world.request(key);
    void session.flush();
    session.set('b', 1);
    void session.save();
    await session.flush();
    expect(world.memory.size).toBe(0);
  });

  describe.each<['create' | 'replace', 'before' | 'after']>([
    ['create', 'before'],
    ['create', 'after'],
    ['replace', 'before'],
    ['replace', 'after'],
  ])('while a save that nobody awaits is at its %s (%s)', (method, when) => {
    it('wins: nothing of the session is left, and what comes later gets a new key', async () => {
      const sent = method === 'replace' ? await world.given({ user: 1 }) : undefined;
      const { session, commit } = await world.request(sent);
      session.set('user', 2);
      const held = world.engine.hold(method, when);
      void session.save();
      await held.arrived;
      const flush = session.flush();
      expect([session.key, session.isEmpty]).toEqual([undefined, true]);
      session.set('flash', 1);
      held.release();
      await flush;
      expect(world.memory.size).toBe(0);
      expect([session.key, session.toJSON()]).toEqual([undefined, { flash: 1 }]);
      await commit();
      expect(session.key).not.toBe(sent);
      expect(world.memory.size).toBe(1);
      expect(await world.data(session.key!)).toEqual({ flash: 1 });
    });

    it('wins also over a save that fails', async () => {
      const sent = method === 'replace' ? await world.given({ user: 1 }) : undefined;
      const { session, commit } = await world.request(sent);
      session.set('user', 2);
      const held = world.engine.hold(method, when);
      if (when === 'before') jest.spyOn(world.memory, method).mockRejectedValueOnce(new Error('down'));
      const save = session.save().catch(() => undefined);
      await held.arrived;
      const flush = session.flush();
      session.set('flash', 1);
      session.modified = false;
      held.release();
      await Promise.all([save, flush]);
      await commit();
      expect(world.memory.size).toBe(0);
      expect([session.key, session.toJSON()]).toEqual([undefined, { flash: 1 }]);
    });
  });

  it.each(['changed', 'gone'] as const)(
    'while a save that nobody awaits learns that the session is %s wins, and interrupts nobody',
    async (outcome) => {
      const key = await world.given({ user: 1 });
      const { session, commit, state } = await world.request(key);
      session.set('user', 2);
      await (outcome === 'gone' ? world.memory.delete(key) : world.elsewhere(key, (theirs) => theirs.set('theirs', 1)));
      const held = world.engine.hold('replace', 'after');
      const save = session.save();
      await held.arrived;
      const flush = session.flush();
      session.set('flash', 1);
      held.release();
      await Promise.all([save, flush]);
      expect([session.toJSON(), state.interrupted]).toEqual([{ flash: 1 }, false]);
      await commit();
      expect(world.memory.size).toBe(1);
      expect(await world.data(session.key!)).toEqual({ flash: 1 });
    },
  );

  it.each(['anonymous', 'stored'])(
    'before a save of an %s session had its turn leaves nothing to save',
    async (kind) => {
      const { session, commit } = await world.request(kind === 'stored' ? await world.given({ user: 1 }) : []);
      session.set('user', 2);
      void session.save();
      void session.flush();
      await commit();
      expect([world.memory.size, session.key]).toEqual([0, undefined]);
    },
  );

  it.each(['save', 'cycleKey'] as const)(
    'while a %s waits for another request of the process leaves it nothing to do',
    async (method) => {
      const key = await world.given({ user: 1 });
      const other = await world.request(key);
      const { session, commit } = await world.request(key);
      const held = world.engine.hold('replace');
      other.session.set('theirs', 1);
      const theirs = other.commit();
      await held.arrived;
      session.set('user', 2);
      const waiting = session[method]();
      await new Promise((resolve) => setImmediate(resolve));
      const flush = session.flush();
      session.set('flash', 1);
      held.release();
      await Promise.all([theirs, waiting, flush]);
      expect(world.engine.takeCalls()).toEqual(['load', 'load', 'replace', 'delete']);
      expect(await world.row(key)).toBeUndefined();
      await commit();
      expect(await world.data(session.key!)).toEqual({ flash: 1 });
      expect(world.memory.size).toBe(1);
    },
  );

  it.each<['create' | 'replace' | 'delete', 'before' | 'after']>([
    ['create', 'before'],
    ['create', 'after'],
    ['replace', 'before'],
    ['replace', 'after'],
    ['delete', 'before'],
    ['delete', 'after'],
  ])(
    'while a cycleKey that nobody awaits is at its %s (%s) leaves no session under either key',
    async (method, when) => {
      const key = await world.given({ user: 1 });
      const { session, commit } = await world.request(key);
      const held = world.engine.hold(method, when);
      const cycle = session.cycleKey();
      await held.arrived;
      const flush = session.flush();
      session.set('flash', 1);
      held.release();
      await Promise.all([cycle, flush]);
      expect(world.memory.size).toBe(0);
      await commit();
      expect(world.memory.size).toBe(1);
      expect(await world.data(session.key!)).toEqual({ flash: 1 });
      // At its delete it is over to everyone else.
      const events = method === 'delete' ? ['rotated', 'deleted', 'created'] : ['deleted', 'deleted', 'created'];
      expect(world.observer.takeEvents()).toEqual(events);
    },
  );

  it.each(['changed', 'gone'] as const)(
    'while a cycleKey that nobody awaits learns that the session is %s leaves none, and interrupts nobody',
    async (outcome) => {
      const key = await world.given({ user: 1 });
      const { session, commit, state } = await world.request(key);
      await (outcome === 'gone' ? world.memory.delete(key) : world.elsewhere(key, (theirs) => theirs.set('theirs', 1)));
      const held = world.engine.hold('replace', 'after');
      const cycle = session.cycleKey();
      await held.arrived;
      const flush = session.flush();
      session.set('flash', 1);
      held.release();
      await Promise.all([cycle, flush]);
      expect([world.memory.size, state.interrupted, session.toJSON()]).toEqual([0, false, { flash: 1 }]);
      await commit();
      expect(await world.data(session.key!)).toEqual({ flash: 1 });
      expect(world.observer.takeEvents()).toEqual(['deleted', 'deleted', 'created']);
    },
  );

  it.each(['anonymous', 'stored'])('right after a cycleKey of an %s session asks for no new key', async (kind) => {
    const { session, commit } = await world.request(kind === 'stored' ? await world.given({ user: 1 }) : []);
    session.set('a', 1);
    void session.cycleKey();
    void session.flush();
    await commit();
    expect([world.memory.size, session.key]).toEqual([0, undefined]);
  });

  it('after an interruption begins a new session', async () => {
    const key = await world.given({ user: 1 });
    const { session, commit } = await world.request(key);
    await world.memory.delete(key);
    session.set('user', 2);
    await expect(session.save()).rejects.toThrow(SessionInterruptedError);
    await session.flush();
    session.set('flash', 'Please log in again');
    await commit();
    expect(await world.data(session.key!)).toEqual({ flash: 'Please log in again' });
    expect(session.key).not.toBe(key);
  });
});
