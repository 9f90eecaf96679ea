import { loadListed } from '../../src/engines/load-listed.js';
import type { KeyedSession } from '../../src/engines/session-engine.js';
import { explore, type Scheduler } from './explorer.js';

const GRAVE = 'grave';

/** A store with the keys of a user's sessions in one place and the sessions in others, which shows each of its steps. */
class Store {
  readonly #keys = new Set(['key0']);
  readonly #sessions = new Map([['key0', 'data']]);

  constructor(
    private readonly scheduler: Scheduler,
    private readonly knowsUsers: boolean,
  ) {}

  async rotate(times: number): Promise<void> {
    for (let time = 0; time < times; time++) {
      const [old, next] = [`key${time}`, `key${time + 1}`];
      await this.#step('keys', () => this.#keys.add(next));
      await this.#step(next, () => this.#sessions.set(next, 'data'));
      await this.#step(old, () => this.#sessions.set(old, GRAVE));
      await this.#step(old, () => this.#sessions.delete(old));
      await this.#step('keys', () => this.#keys.delete(old));
    }
  }

  list(load = loadListed): Promise<KeyedSession[]> {
    return load(
      () => this.#step('keys', () => [...this.#keys], true),
      (key) =>
        this.#step(
          key,
          () => {
            const data = this.#sessions.get(key);
            if (data === undefined || (this.knowsUsers && data === GRAVE)) return undefined;
            return { data, expiresAt: new Date(0) };
          },
          true,
        ),
    );
  }

  #step<T>(resource: string, work: () => T, reads = false): Promise<T> {
    return this.scheduler.call({ name: reads ? 'reads' : 'writes', resource, reads }, async () => work());
  }
}

/** Lists the sessions of a user while the only one is given new keys, and expects it among them. */
function exploreListing(times: number, knowsUsers: boolean, load = loadListed) {
  return explore({
    limit: 3000,
    start: (scheduler) => {
      const store = new Store(scheduler, knowsUsers);
      let listed: KeyedSession[] = [];
      const operation = (index: number, work: () => Promise<void>) => () =>
        scheduler.span({ operation: index, ended: 0 }, work);
      return {
        operations: [
          operation(0, () => store.rotate(times)),
          operation(1, async () => void (listed = await store.list(load))),
        ],
        check: () => expect(listed.map(({ data }) => data)).toContain('data'),
      };
    },
  });
}

describe('A listing of the sessions of a user', () => {
  const stores = [
    ['that knows whose each session is', true],
    ['that does not know whose a session is', false],
  ] as const;

  it.each(stores)('by a store %s finds one that is given a new key meanwhile, in any order', async (_, knowsUsers) => {
    const { schedules, complete } = await exploreListing(1, knowsUsers);
    expect(complete).toBe(true);
    expect(schedules).toBeGreaterThan(30);
  });

  it.each(stores)('by a store %s finds one that is given two or three', async (_, knowsUsers) => {
    for (const times of [2, 3]) expect((await exploreListing(times, knowsUsers)).schedules).toBeGreaterThan(500);
  });

  it.each(stores)('by a store %s would miss it if it were made once', async (_, knowsUsers) => {
    const once: typeof loadListed = async (listKeys, load) => {
      const keys = await listKeys();
      const sessions = await Promise.all(keys.map(load));
      return keys.flatMap((key, index) => (sessions[index] ? [{ key, ...sessions[index] }] : []));
    };
    await expect(exploreListing(1, knowsUsers, once)).rejects.toThrow('toContain');
  });
});
