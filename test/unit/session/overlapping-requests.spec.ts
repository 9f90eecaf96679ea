import { jest } from '@jest/globals';
import { SessionConflictError, SessionInterruptedError, SessionStoreError } from '../../../src/errors/index.js';
import { MemoryEngine } from '../../../src/engines/memory/memory.engine.js';
import type { ReplaceOutcome, SessionToStore } from '../../../src/engines/session-engine.js';
import type { Session } from '../../../src/session/session.js';
import { refuseUnhandledRejections, SessionWorld, withoutPauses } from '../../support/session-world.js';

const DAY = 86_400;
const increment = (n = 0): number => n + 1;

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

describe('two requests of one session that overlap', () => {
  /** Both load the same session, act, and are stored one after the other: `first`, then `second`. */
  type Action = (session: Session) => unknown;
  const cases: [name: string, start: Record<string, unknown>, first: Action, second: Action, expected: object][] = [
    ['set ‖ set of different keys', {}, (s) => s.set('a', 1), (s) => s.set('b', 2), { a: 1, b: 2 }],
    ['set ‖ set of the same key', { a: 0 }, (s) => s.set('a', 1), (s) => s.set('a', 2), { a: 2 }],
    ['compute ‖ compute', { n: 5 }, (s) => s.compute('n', increment), (s) => s.compute('n', increment), { n: 7 }],
    ['compute ‖ compute of nothing', {}, (s) => s.compute('n', increment), (s) => s.compute('n', increment), { n: 2 }],
    [
      'two computes ‖ two computes',
      { n: 1 },
      (s) => (s.compute('n', increment), s.compute('n', (n) => n * 10)),
      (s) => (s.compute('n', increment), s.compute('n', (n) => n * 10)),
      { n: 210 },
    ],
    ['set ‖ compute', { n: 1 }, (s) => s.set('n', 100), (s) => s.compute('n', increment), { n: 101 }],
    ['compute ‖ set', { n: 1 }, (s) => s.compute('n', increment), (s) => s.set('n', 100), { n: 100 }],
    ['delete ‖ compute', { n: 1 }, (s) => s.delete('n'), (s) => s.compute('n', increment), { n: 1 }],
    ['clear ‖ set', { a: 0 }, (s) => s.clear(), (s) => s.set('b', 2), { b: 2 }],
    ['set ‖ clear', { a: 0 }, (s) => s.set('b', 2), (s) => s.clear(), {}],
    ['set ‖ clear and set', { a: 0 }, (s) => s.set('b', 2), (s) => (s.clear(), s.set('c', 3)), { c: 3 }],
    ['delete ‖ set of the same key', { a: 0 }, (s) => s.delete('a'), (s) => s.set('a', 1), { a: 1 }],
    ['set ‖ delete of the same key', { a: 0 }, (s) => s.set('a', 1), (s) => s.delete('a'), {}],
    ['delete ‖ set of another key', { a: 0 }, (s) => s.delete('a'), (s) => s.set('b', 1), { b: 1 }],
    ['delete ‖ pop', { a: 0, b: 0 }, (s) => s.delete('a'), (s) => s.pop('b'), {}],
    ['setDefault ‖ setDefault', {}, (s) => s.setDefault('a', 1), (s) => s.setDefault('a', 2), { a: 1 }],
    ['set ‖ setDefault', {}, (s) => s.set('a', 1), (s) => s.setDefault('a', 2), { a: 1 }],
    ['delete ‖ setDefault of what was there', { a: 0 }, (s) => s.delete('a'), (s) => s.setDefault('a', 2), {}],
    ['update ‖ update', {}, (s) => s.update({ a: 1, b: 1 }), (s) => s.update({ b: 2, c: 2 }), { a: 1, b: 2, c: 2 }],
    ['setExpiry ‖ set', {}, (s) => s.setExpiry(300), (s) => s.set('a', 1), { a: 1, _session_expiry: 300 }],
    ['set ‖ setExpiry', {}, (s) => s.set('a', 1), (s) => s.setExpiry(300), { a: 1, _session_expiry: 300 }],
    ['setExpiry ‖ setExpiry', {}, (s) => s.setExpiry(300), (s) => s.setExpiry(500), { _session_expiry: 500 }],
    [
      'a change inside ‖ set of another key',
      { l: [1] },
      (s) => s.get('l').push(2),
      (s) => s.set('a', 1),
      { l: [1, 2], a: 1 },
    ],
    [
      'set ‖ a change inside of another key',
      { l: [1] },
      (s) => s.set('a', 1),
      (s) => s.get('l').push(2),
      { l: [1, 2], a: 1 },
    ],
    [
      'set ‖ a change inside, and compute upon it',
      { l: [1] },
      (s) => s.set('a', 1),
      (s) => (s.get('l').push(2), s.compute('l', (l) => [...l, 3])),
      { l: [1, 2, 3], a: 1 },
    ],
    ['a read ‖ a change inside', { l: [1] }, (s) => s.get('l'), (s) => s.get('l').push(2), { l: [1, 2] }],
    ['modified = true ‖ set', { a: 1 }, (s) => (s.modified = true), (s) => s.set('a', 2), { a: 2 }],
    ['set ‖ modified = true', { a: 1 }, (s) => s.set('a', 2), (s) => (s.modified = true), { a: 2 }],
  ];

  describe.each(['one process', 'two processes'] as const)('in %s', (processes) => {
    it.each(cases)('both keep what they did: %s', async (_name, start, first, second, expected) => {
      const key = await world.given(start);
      const one = await world.request(key);
      const other = await world.request(key, processes === 'one process' ? world.manager : world.newProcess());
      await first(one.session);
      await second(other.session);
      await one.commit();
      await other.commit();
      expect(await world.data(key)).toEqual(expected);
      if (other.state.written) expect(other.session.toJSON()).toEqual(expected);
    });

    it('stores the expiry that both together have', async () => {
      const key = await world.given({});
      const one = await world.request(key);
      const other = await world.request(key, processes === 'one process' ? world.manager : world.newProcess());
      one.session.setExpiry(300);
      other.session.set('a', 1);
      await Promise.all([one.commit(), other.commit()]);
      expect((await world.row(key))!.expiresAt).toEqual(new Date(world.clock.now() + 300_000));
    });
  });

  it('in one process need no second attempt', async () => {
    const key = await world.given({ n: 0 });
    const requests = await Promise.all(Array.from({ length: 10 }, () => world.request(key)));
    world.engine.takeCalls();
    for (const { session } of requests) session.compute('n', increment);
    await Promise.all(requests.map((request) => request.commit()));
    expect(await world.data(key)).toEqual({ n: 10 });
    expect(world.engine.takeCalls()).toEqual(Array.from({ length: 10 }, () => 'replace'));
  });

  it('are merged with the newest data although the process last stored older data itself', async () => {
    const key = await world.given({ n: 0 });
    const one = await world.request(key);
    one.session.compute('n', increment);
    const held = world.engine.hold('replace', 'after');
    const first = one.commit();
    await held.arrived;
    await world.elsewhere(key, (theirs) => theirs.set('theirs', 1).compute('n', increment));
    const two = await world.request(key);
    const cart = two.session.setDefault('cart', [1]);
    two.session.compute('n', increment);
    const second = two.commit();
    held.release();
    await Promise.all([first, second]);
    expect(await world.data(key)).toEqual({ n: 3, theirs: 1, cart: [1] });
    expect(two.session.toJSON()).toEqual({ n: 3, theirs: 1, cart });
  });

  it('of another process that is always first are merged with, attempt after attempt', async () => {
    withoutPauses();
    const key = await world.given({ n: 0 });
    const { session, commit } = await world.request(key);
    session.compute('n', increment);
    for (let round = 0; round < 10; round++) {
      world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.compute('n', increment)));
    }
    await commit();
    expect(await world.data(key)).toEqual({ n: 11 });
    expect(session.get('n')).toBe(11);
  });

  it('and a computation that fails on the newest value: its error comes out, and nothing is stored', async () => {
    const key = await world.given({ list: [1] });
    const { session, commit } = await world.request(key);
    session.compute('list', (list) => [...list, 2]);
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.set('list', 'no list').set('b', 2).delete('list'));
    await expect(commit()).rejects.toThrow(TypeError);
    expect(await world.data(key)).toEqual({ b: 2 });
    expect(session.get('list')).toEqual([1, 2]);
  });

  it('100 in parallel, on 4 processes, lose neither a key nor a count', async () => {
    withoutPauses();
    const key = await world.given({ start: true });
    const processes = Array.from({ length: 4 }, () => world.newProcess());
    const requests = await Promise.all(Array.from({ length: 100 }, (_, n) => world.request(key, processes[n % 4])));
    for (const [n, { session }] of requests.entries()) {
      session.set(`key${n}`, n);
      session.compute('count', increment);
    }
    await Promise.all(requests.map((request) => request.commit()));
    const keys = Object.fromEntries(requests.map((_, n) => [`key${n}`, n]));
    expect(await world.data(key)).toEqual({ start: true, count: 100, ...keys });
  });

  it('100 in parallel in one process lose neither a key nor a count', async () => {
    const key = await world.given({ start: true });
    const requests = await Promise.all(Array.from({ length: 100 }, () => world.request(key)));
    for (const [n, { session }] of requests.entries()) {
      session.set(`key${n}`, n);
      session.compute('count', increment);
    }
    await Promise.all(requests.map((request) => request.commit()));
    const keys = Object.fromEntries(requests.map((_, n) => [`key${n}`, n]));
    expect(await world.data(key)).toEqual({ start: true, count: 100, ...keys });
  });
});

describe('objects that a handler holds while the session is merged with another request', () => {
  it('stay those of the session when the other did not touch them', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit } = await world.request(key);
    const cart = session.get('cart');
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.set('b', 2));
    await session.save();
    expect(session.get('cart')).toBe(cart);
    cart.push(2);
    await commit();
    expect(await world.data(key)).toEqual({ cart: [1, 2], a: 1, b: 2 });
  });

  it('are still noticed when changed after the other has replaced them', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit } = await world.request(key);
    const cart = session.get('cart');
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.set('cart', [9]));
    await session.save();
    expect(session.get('cart')).toEqual([9]);
    expect(await world.data(key)).toEqual({ cart: [9], a: 1 });
    cart.push(2);
    await commit();
    expect(await world.data(key)).toEqual({ cart: [1, 2], a: 1 });
  });

  it('are still noticed when changed after the other has deleted them', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit } = await world.request(key);
    const cart = session.get('cart');
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.delete('cart'));
    await session.save();
    expect(session.has('cart')).toBe(false);
    cart.push(2);
    await commit();
    expect(await world.data(key)).toEqual({ cart: [1, 2], a: 1 });
  });

  it('are noticed although both the old and the new one are held', async () => {
    const key = await world.given({ cart: { old: 1 } });
    const { session, commit } = await world.request(key);
    session.get('cart');
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.set('cart', { theirs: 1 }));
    await session.save();
    session.get('cart').mine = 1;
    await commit();
    expect(await world.data(key)).toEqual({ cart: { theirs: 1, mine: 1 }, a: 1 });
  });

  it('are noticed after a computation was run again', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit } = await world.request(key);
    const cart = session.compute('cart', (items) => [...items, 2]);
    await world.elsewhere(key, (theirs) => theirs.compute('cart', (items) => [...items, 9]));
    await session.save();
    expect(await world.data(key)).toEqual({ cart: [1, 9, 2] });
    cart.push(3);
    await commit();
    expect(await world.data(key)).toEqual({ cart: [1, 2, 3] });
  });

  it.each(['create', 'replace'] as const)('are noticed when changed while a %s is under way', async (method) => {
    const key = method === 'replace' ? await world.given({}) : undefined;
    const { session, commit } = await world.request(key);
    const list = [1];
    session.set('list', list);
    const computed = session.compute('computed', () => ({ n: 1 }));
    const held = world.engine.hold(method);
    const save = session.save();
    await held.arrived;
    list.push(2);
    computed.n = 2;
    held.release();
    await save;
    expect(await world.data(session.key!)).toEqual({ list: [1], computed: { n: 1 } });
    await commit();
    expect(await world.data(session.key!)).toEqual({ list: [1, 2], computed: { n: 2 } });
  });

  it('are noticed when changed while an attempt fails that the other has made in vain', async () => {
    const key = await world.given({ cart: [1] });
    const { session, commit } = await world.request(key);
    const cart = session.get('cart');
    session.set('a', 1);
    await world.elsewhere(key, (theirs) => theirs.set('cart', [9]));
    const held = world.engine.hold('replace');
    const save = session.save();
    await held.arrived;
    cart.push(2);
    held.release();
    await save;
    await commit();
    expect(await world.data(key)).toEqual({ cart: [1, 2], a: 1 });
  });
});

describe('changes made while a save is under way', () => {
  it('are stored by the next one', async () => {
    const key = await world.given({ n: 0 });
    const { session, commit } = await world.request(key);
    session.set('a', 1);
    const held = world.engine.hold('replace');
    const save = session.save();
    await held.arrived;
    session.set('a', 2).set('b', 2).delete('n');
    held.release();
    await save;
    expect(await world.data(key)).toEqual({ n: 0, a: 1 });
    await commit();
    expect(await world.data(key)).toEqual({ a: 2, b: 2 });
  });

  it('are applied once, although that save has to be tried again and so has the next', async () => {
    const key = await world.given({ n: 0, m: 0 });
    const { session, commit } = await world.request(key);
    session.set('n', 10);
    const held = world.engine.hold('replace');
    const save = session.save();
    await held.arrived;
    session.compute('n', increment);
    session.compute('m', increment);
    session.compute('fresh', increment);
    await world.elsewhere(key, (theirs) => theirs.compute('m', increment));
    held.release();
    await save;
    expect(await world.data(key)).toEqual({ n: 10, m: 1 });
    expect(session.toJSON()).toEqual({ n: 11, m: 2, fresh: 1 });
    await world.elsewhere(key, (theirs) => (theirs.compute('m', increment), theirs.compute('fresh', increment)));
    await commit();
    expect(await world.data(key)).toEqual({ n: 11, m: 3, fresh: 2 });
    expect(session.toJSON()).toEqual({ n: 11, m: 3, fresh: 2 });
  });

  it('are not lost when that save has to be tried again', async () => {
    const key = await world.given({ gone: 1 });
    const { session, commit } = await world.request(key);
    session.set('a', 1);
    const held = world.engine.hold('replace');
    const save = session.save();
    await held.arrived;
    session.set('b', 2).delete('gone');
    session.compute('n', increment);
    await world.elsewhere(key, (theirs) => theirs.set('theirs', 1));
    held.release();
    await save;
    expect(session.toJSON()).toEqual({ a: 1, b: 2, n: 1, theirs: 1 });
    await commit();
    expect(await world.data(key)).toEqual({ a: 1, b: 2, n: 1, theirs: 1 });
  });

  it('survive its failure, in their order', async () => {
    const key = await world.given({ n: 0 });
    const { session, commit } = await world.request(key);
    session.compute('n', increment);
    session.set('a', 1);
    const held = world.engine.hold('replace');
    jest.spyOn(world.memory, 'replace').mockRejectedValueOnce(new Error('down'));
    const save = session.save();
    await held.arrived;
    session.compute('n', (n) => n * 10);
    session.delete('a');
    held.release();
    await expect(save).rejects.toThrow(SessionStoreError);
    await world.elsewhere(key, (theirs) => theirs.set('n', 4));
    await commit();
    expect(await world.data(key)).toEqual({ n: 50 });
  });
});

describe('a session that another request has deleted', () => {
  it('interrupts the one that stores later; nothing is stored, and a later commit does nothing', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit, state } = await world.request(key);
    await world.manager.delete(key);
    session.set('a', 2);
    await expect(commit()).rejects.toThrow(SessionInterruptedError);
    expect(world.memory.size).toBe(0);
    expect(world.observer.takeEvents()).toEqual(['deleted', 'interrupted']);
    world.engine.takeCalls();
    session.set('b', 3);
    expect(world.manager.needsCommit(state)).toBe(false);
    await commit();
    await world.manager.commit(state);
    await expect(session.save()).rejects.toThrow(SessionInterruptedError);
    expect(world.engine.takeCalls()).toEqual([]);
    expect(world.memory.size).toBe(0);
  });

  it('interrupts also one that had to try again', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    session.set('a', 2);
    world.engine.during('replace', () => world.elsewhere(key, (theirs) => theirs.set('b', 1)));
    world.engine.during('load', () => world.memory.delete(key), 'after');
    await expect(commit()).rejects.toThrow(SessionInterruptedError);
    expect(world.engine.takeCalls()).toEqual(['load', 'replace', 'load', 'replace']);
    expect(world.memory.size).toBe(0);
  });

  it('interrupts when it has expired in the meantime', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    world.clock.advance(14 * DAY);
    session.set('a', 2);
    await expect(commit()).rejects.toThrow(SessionInterruptedError);
    expect(await world.data(key)).toBeUndefined();
  });

  it('does not interrupt one that only reads', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    await world.memory.delete(key);
    expect(session.get('a')).toBe(1);
    await commit();
  });

  it('interrupts a save that nobody awaits, without an unhandled rejection; the state says so', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit, state } = await world.request(key);
    await world.memory.delete(key);
    session.set('a', 2);
    void session.save();
    expect(world.manager.needsCommit(state)).toBe(true);
    await commit();
    expect(state.interrupted).toBe(true);
    expect(world.memory.size).toBe(0);
  });
});

describe('conflicts without end', () => {
  /** Another writer is always first, except with what `stores` lets through. */
  class BusyEngine extends MemoryEngine {
    attempts = 0;
    stores = (_data: string): boolean => false;

    override async replace(_key: string, { data }: SessionToStore): Promise<ReplaceOutcome> {
      this.attempts++;
      return this.stores(data) ? 'replaced' : 'changed';
    }
  }

  const busyWorld = (): [SessionWorld, BusyEngine] => {
    withoutPauses();
    const engine = new BusyEngine({ clock: world.clock });
    return [new SessionWorld({ engine }), engine];
  };

  it('end in a SessionConflictError after a bounded number of attempts', async () => {
    const [busy, engine] = busyWorld();
    const { key } = await busy.manager.create({ a: 1 });
    const { session, commit, state } = await busy.request(key);
    session.set('a', 2);
    await expect(commit()).rejects.toThrow(SessionConflictError);
    expect(engine.attempts).toBe(50);
    expect(state.interrupted).toBe(false);
    expect(busy.manager.needsCommit(state)).toBe(true);
  });

  it('end a cycleKey too, and leave no second session', async () => {
    const [busy, engine] = busyWorld();
    engine.stores = (data) => !data.startsWith('rotated:');
    const { key } = await busy.manager.create({ a: 1 });
    const { session } = await busy.request(key);
    await expect(session.cycleKey()).rejects.toThrow(SessionConflictError);
    expect(engine.attempts).toBe(100);
    expect(engine.size).toBe(1);
    expect(session.key).toBe(key);
  });

  it('are waited out with pauses that grow, but never beyond a tenth of a second', async () => {
    const [busy] = busyWorld();
    jest.spyOn(Math, 'random').mockReturnValue(1);
    const pauses: number[] = [];
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((resume: () => void, pause: number) => {
      pauses.push(pause);
      setImmediate(resume);
    }) as never);
    const { key } = await busy.manager.create({ a: 1 });
    const { session, commit } = await busy.request(key);
    session.set('a', 2);
    await expect(commit()).rejects.toThrow(SessionConflictError);
    expect(pauses.slice(0, 7)).toEqual([4, 8, 16, 32, 64, 100, 100]);
    expect(Math.max(...pauses)).toBe(100);
  });
});
