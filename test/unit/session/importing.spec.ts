import { SessionStoreError } from '../../../src/errors/index.js';
import type { FormerContent } from '../../../src/importers/session-importer.js';
import { MemoryEngine } from '../../../src/engines/memory/memory.engine.js';
import type { SessionEngine } from '../../../src/engines/session-engine.js';
import { ImportKeys } from '../../../src/session/import-keys.js';
import { SessionOwners } from '../../../src/session/session-owners.js';
import { SessionRecord } from '../../../src/session/session-record.js';
import { SessionState } from '../../../src/session/session-state.js';
import type { Session } from '../../../src/session/session.js';
import { FORMER, importKeys, inherits, OldStore } from '../../support/former-world.js';
import { SessionWorld } from '../../support/session-world.js';

const DAY = 24 * 60 * 60;

/** A request that brings the old session, and the keys of these sessions of ours. */
async function visit(
  world: SessionWorld,
  old: OldStore,
  { keys = [] as string[], id = undefined as string | undefined, manager = world.manager } = {},
): Promise<{ state: SessionState; session: Session; commit: () => Promise<void> }> {
  const state = new SessionState(keys, undefined, inherits(old, id));
  await manager.load(state);
  const commit = async (): Promise<void> => {
    if (manager.needsCommit(state)) await manager.commit(state);
  };
  return { state, session: manager.session(state), commit };
}

describe('A session of another library', () => {
  let world: SessionWorld;
  let old: OldStore;

  beforeEach(() => {
    world = new SessionWorld({ importKeys });
    old = new OldStore();
  });

  it('goes on in a session of ours, which is stored before anybody sees it, and has ended', async () => {
    const { state, session } = await visit(world, old);
    expect(session.toJSON()).toEqual(FORMER.values);
    expect(await world.data(session.key!)).toEqual(FORMER.values);
    expect(state.written).toBe(true);
    expect(state.inheritance!.settled).toHaveLength(1);
    expect(session.modified).toBe(false);
    expect(old.content).toBeUndefined();
    expect(world.observer.takeEvents()).toEqual(['imported']);
  });

  it('is asked for by nobody who has a live session of ours', async () => {
    const key = await world.given({ userId: 'bob' });
    const { session, state } = await visit(world, old, { keys: [key] });
    expect(session.toJSON()).toEqual({ userId: 'bob' });
    expect(state.written).toBe(false);
    expect(old.content).toBe(FORMER);
  });

  it('is asked for where the session of ours has ended', async () => {
    const key = await world.given({ userId: 'bob' });
    await world.manager.delete(key);
    expect((await visit(world, old, { keys: [key] })).session.toJSON()).toEqual(FORMER.values);
  });

  it('gets a key that looks as any other, and that only the secret leads to', async () => {
    const keyWith = async (secret: string, id: string): Promise<string> => {
      const other = new SessionWorld({ importKeys: new ImportKeys({ secret }) });
      return (await visit(other, new OldStore(), { id })).session.key!;
    };
    const key = await keyWith('a', 'one');
    expect(key).toMatch(/^[a-z0-9]{32}$/);
    expect(await keyWith('a', 'one')).toBe(key);
    expect(new Set([key, await keyWith('a', 'two'), await keyWith('b', 'one')]).size).toBe(3);
  });

  it('keeps an end of its own', async () => {
    old.content = { ...FORMER, expiry: 30 * DAY };
    expect((await visit(world, old)).session.getExpiryAge()).toBe(30 * DAY);
  });

  it('begins when it is taken over, and is found by its user', async () => {
    const owners = new SessionOwners('userId', { secret: 'world' });
    world = new SessionWorld({ importKeys, owners, record: new SessionRecord(world.clock, owners) });
    const { session } = await visit(world, old);
    expect(session.get('_session_start')).toBe(world.clock.now() / 1000);
    const [mark] = owners.marks('ann');
    expect(await world.memory.listByUser(mark!)).toHaveLength(1);
  });

  it('is the same session for each request that brings it, whatever these change', async () => {
    const [one, other] = [await visit(world, old), await visit(world, old)];
    expect(other.session.key).toBe(one.session.key);
    expect(other.state.inheritance!.settled).toHaveLength(1);
    one.session.set('one', 1);
    other.session.set('other', 2);
    await Promise.all([one.commit(), other.commit()]);
    expect(await world.data(one.session.key!)).toEqual({ ...FORMER.values, one: 1, other: 2 });
    expect(world.observer.takeEvents()).toEqual(['imported']);
  });

  describe('that has ended here', () => {
    it.each<[string, (session: Session) => unknown]>([
      ['by a logout', (session) => session.flush()],
      ['by a new key', (session) => session.cycleKey()],
      ['from outside', (session) => world.manager.delete(session.key!)],
    ])('%s never comes back, though an instance of the old application stores it again', async (_, end) => {
      const { session } = await visit(world, old);
      await end(session);
      for (let time = 0; time < 2; time++) {
        await old.save();
        const later = await visit(world, old);
        expect(later.session.toJSON()).toEqual({});
        expect(later.session.key).toBeUndefined();
        expect(later.state.inheritance!.settled).toHaveLength(1);
        expect(old.content).toBeUndefined();
      }
    });

    it('is not stored again by changes of a request that brings it', async () => {
      await (await visit(world, old)).session.flush();
      await old.save();
      const later = await visit(world, old);
      later.session.set('theme', 'dark');
      await later.commit();
      expect(await world.data(later.session.key!)).toEqual({ theme: 'dark' });
    });

    it('by its age never comes back, whether it has been cleared away or not', async () => {
      world = new SessionWorld({ importKeys, cookieAge: DAY });
      await visit(world, old);
      await old.save();
      world.clock.advance(DAY);
      expect((await visit(world, old)).session.toJSON()).toEqual({});
    });
  });

  it('that is gone leaves nothing behind, nor has the client to forget it', async () => {
    old.content = undefined;
    const { state, session, commit } = await visit(world, old);
    await commit();
    expect(session.isEmpty).toBe(true);
    expect(state.written).toBe(false);
    expect(state.inheritance!.settled).toEqual([]);
    expect(world.memory.size).toBe(0);
  });

  it('goes on under its key when the secret has changed since', async () => {
    const { session } = await visit(world, old);
    const rotated = new ImportKeys({ secret: 'a new secret', secretFallbacks: ['a secret', 'an older secret'] });
    const next = new SessionWorld({ importKeys: rotated, engine: world.memory });
    expect((await visit(next, old)).session.key).toBe(session.key);
    await session.flush();
    await old.save();
    expect((await visit(next, old)).session.toJSON()).toEqual({});
  });

  it('that cannot be read any more counts as unknown, and its old one is left where it is', async () => {
    const { session } = await visit(world, old);
    const row = (await world.row(session.key!))!;
    await world.memory.replace(session.key!, { ...row, data: 'altered' }, row);
    await old.save();
    expect((await visit(world, old)).session.toJSON()).toEqual({});
    expect(old.content).toBe(FORMER);
    expect(world.observer.warnings).toEqual([expect.stringContaining('is treated as unknown')]);
  });

  it('fails the request while its store cannot answer, and is there afterwards', async () => {
    const load = old.load.bind(old);
    old.load = () => Promise.reject(new Error('down: old-session'));
    const failing = visit(world, old);
    await expect(failing).rejects.toThrow(SessionStoreError);
    await expect(failing).rejects.not.toThrow('old-session');
    expect(world.observer.errors).toEqual(['A session of a library failed to load: down: …']);
    old.load = load;
    expect((await visit(world, old)).session.toJSON()).toEqual(FORMER.values);
  });

  it('is seen by nobody before it has ended in its store', async () => {
    const end = old.end.bind(old);
    old.end = () => Promise.reject(new Error('down'));
    await expect(visit(world, old)).rejects.toThrow(SessionStoreError);
    await expect(visit(world, old)).rejects.toThrow(SessionStoreError);
    old.end = end;
    expect((await visit(world, old)).session.toJSON()).toEqual(FORMER.values);
    expect(old.content).toBeUndefined();
  });
});

/** Lets a number of calls through and fails one, before it does anything or although it has. */
class Failing {
  calls = 0;

  constructor(
    private readonly failing: number,
    private readonly when: 'before' | 'after',
  ) {}

  around<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]): Promise<unknown> => {
          const isFailing = this.calls++ === this.failing;
          if (isFailing && this.when === 'before') throw new Error('down');
          const result: unknown = await member.apply(target, parameters);
          if (isFailing) throw new Error('down');
          return result;
        };
      },
    });
  }
}

describe('A request that fails while it takes a session over', () => {
  /** How many calls it takes of the two stores. */
  const CALLS = 8;
  const steps = Array.from({ length: CALLS }, (_, step) => step);

  async function failAt(step: number, when: 'before' | 'after'): Promise<[SessionWorld, OldStore, Failing]> {
    const memory = new MemoryEngine({ clock: new SessionWorld().clock });
    const failing = new Failing(step, when);
    const broken = new SessionWorld({ importKeys, engine: failing.around<SessionEngine>(memory) });
    const old = new OldStore();
    const { load, end } = failing.around<{ load(): Promise<FormerContent | undefined>; end(): Promise<void> }>(old);
    const state = new SessionState([], undefined, inherits({ load, end }));
    await broken.manager.load(state).catch((error: unknown) => expect(error).toBeInstanceOf(SessionStoreError));
    return [new SessionWorld({ importKeys, engine: memory }), old, failing];
  }

  it('does so at one of so many calls', async () => {
    const [, , { calls }] = await failAt(Infinity, 'before');
    expect(calls).toBe(CALLS);
  });

  describe.each(['before', 'after'] as const)('%s the store has done what was asked', (when) => {
    it.each(steps)('loses nothing: call %i', async (step) => {
      const [world, old] = await failAt(step, when);
      const { session } = await visit(world, old);
      expect(session.toJSON()).toEqual(FORMER.values);
      expect(old.content).toBeUndefined();
    });

    it.each(steps)('leaves nothing that outlives a logout: call %i', async (step) => {
      const [world, old] = await failAt(step, when);
      await (await visit(world, old)).session.flush();
      await old.save();
      expect((await visit(world, old)).session.toJSON()).toEqual({});
    });
  });
});
