import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { KeyedSession, SessionEngine } from '../../src/engines/session-engine.js';
import { SessionOwners } from '../../src/session/session-owners.js';
import { SessionRecord } from '../../src/session/session-record.js';
import { SessionState } from '../../src/session/session-state.js';
import { SessionStore } from '../../src/session/session-store.js';
import type { Session } from '../../src/session/session.js';
import { StoredSessionManager } from '../../src/session/stored-session-manager.js';
import { UserSessions } from '../../src/session/user-sessions.js';
import { SessionWorld } from '../support/session-world.js';
import { explore, type Explored, type Scenario, type Scheduler } from './explorer.js';

const owners = new SessionOwners('userId', { secret: 'world' });

/** One process of an application that knows whose sessions are whose. */
function openProcess(world: SessionWorld, engine: SessionEngine) {
  const { clock, codec, observer } = world;
  const { expiry } = world.manager;
  const settings = { engine, hashKeys: true, observer, codec, expiry, clock, owners };
  return {
    manager: new StoredSessionManager({
      ...settings,
      record: new SessionRecord(clock, owners),
      saveEveryRequest: false,
      touchAfter: 0,
    }),
    users: new UserSessions({ ...settings, store: new SessionStore(settings) }),
  };
}

type Work = (session: Session) => unknown;

const works: Record<string, Work> = {
  writes: (session) => session.set('page', 2),
  'gets a new key': (session) => session.cycleKey(),
  'gets two new keys': async (session) => {
    await session.cycleKey();
    session.set('page', 2);
    await session.cycleKey();
  },
  'is emptied': (session) => {
    session.clear();
    session.set('userId', 'ann');
  },
};

/** Requests of one session of ann's, each in a process of its own, beside the end of all of her sessions. */
function exploreRevocation(requests: readonly Work[], Engine = MemoryEngine): Promise<Explored> {
  const start = async (scheduler: Scheduler): Promise<Scenario> => {
    const world = new SessionWorld();
    const memory = new Engine({ clock: world.clock });
    // What is listed depends on every session.
    const held = scheduler.hold<SessionEngine>(memory, (name) => ({ name, resource: 'sessions' }));
    const { key } = await openProcess(world, memory).manager.create({ userId: 'ann' });
    const operation = (index: number, work: () => Promise<unknown>) => () =>
      scheduler.span({ operation: index, ended: 0 }, async () => void (await work()));
    const request = (work: Work) => async (): Promise<void> => {
      const { manager } = openProcess(world, held);
      const state = new SessionState([key!]);
      await manager.load(state);
      // Whoever has no session any more logs nobody in here.
      if (state.key === undefined) return;
      try {
        await work(manager.session(state));
        await manager.commit(state);
      } catch (error) {
        expect((error as Error).name).toBe('SessionInterruptedError');
      }
    };
    return {
      operations: [...requests.map(request), () => openProcess(world, held).users.end('ann')].map((work, index) =>
        operation(index, work),
      ),
      check: async () => {
        const [mark] = owners.marks('ann');
        expect(await MemoryEngine.prototype.listByUser.call(memory, mark!)).toEqual([]);
      },
    };
  };
  return explore({ start, limit: 2000 });
}

/** Has listed a session once and thinks that this is enough. */
class ListingOnce extends MemoryEngine {
  #isListed = false;

  override async listByUser(user: string): Promise<KeyedSession[]> {
    const sessions = this.#isListed ? [] : await super.listByUser(user);
    this.#isListed = true;
    return sessions;
  }
}

describe('The end of all sessions of a user', () => {
  it.each(Object.keys(works))('outlasts a request whose session %s, in any order', async (name) => {
    const { schedules, complete } = await exploreRevocation([works[name]!]);
    expect(complete).toBe(true);
    expect(schedules).toBeGreaterThan(2);
  });

  it('outlasts two requests that write and get a new key, in any order', async () => {
    const { schedules } = await exploreRevocation([works['writes']!, works['gets a new key']!]);
    expect(schedules).toBeGreaterThan(100);
  });

  it('is found out where the new key of a session is missed', async () => {
    await expect(exploreRevocation([works['gets a new key']!], ListingOnce)).rejects.toThrow('toEqual');
  });
});
