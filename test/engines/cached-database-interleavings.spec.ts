import { setImmediate as everythingElse } from 'node:timers/promises';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import type { SessionCache } from '../../src/engines/cache/index.js';
import { frameSession } from '../../src/engines/cache/framed-session.js';
import {
  SessionEngine,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../../src/engines/session-engine.js';
import { playEveryInterleaving, type Scenario, type Step } from '../support/interleavings.js';
import { TestClock } from '../support/test-clock.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const clock = new TestClock();
const session = (data: string, seconds = 60): StoredSession => ({
  data,
  expiresAt: new Date(clock.now() + seconds * 1000),
});
const first = session('first');

/** One row and one cache, which any number of processes use. */
class Stores {
  row: StoredSession | undefined = first;
  copy: string | undefined;
  #calls = 0;

  /** @param failure which call of the cache fails, and what becomes of it all the same */
  constructor(
    readonly step: Step,
    private readonly failure?: Failure,
  ) {}

  /** One call of the cache. */
  async ask<T>(work: () => T): Promise<T> {
    const fails = await this.step(() => ++this.#calls === this.failure?.call && this.failure.effect);
    if (!fails) return work();
    if (fails === 'at once') work();
    if (fails === 'late') void this.step(work);
    throw new Error('The cache failed.');
  }
}

interface Failure {
  readonly call: number;
  readonly effect: 'none' | 'at once' | 'late';
}

/** What one process sees of the row. */
class Database extends SessionEngine {
  constructor(private readonly stores: Stores) {
    super();
  }

  load(key: string): Promise<StoredSession | undefined> {
    return this.stores.step(() => (key === KEY ? this.stores.row : undefined));
  }

  create(_key: string, { data, expiresAt }: SessionToStore): Promise<boolean> {
    return this.stores.step(() => {
      if (this.stores.row) return false;
      this.stores.row = { data, expiresAt };
      return true;
    });
  }

  replace(_key: string, { data, expiresAt }: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return this.stores.step(() => {
      if (!this.stores.row) return 'gone';
      if (this.stores.row.data !== previous.data) return 'changed';
      this.stores.row = { data, expiresAt };
      return 'replaced';
    });
  }

  touch(_key: string, expiresAt: Date): Promise<boolean> {
    return this.stores.step(() => {
      if (!this.stores.row) return false;
      this.stores.row = { data: this.stores.row.data, expiresAt };
      return true;
    });
  }

  delete(): Promise<void> {
    return this.stores.step(() => {
      this.stores.row = undefined;
    });
  }

  async deleteExpired(): Promise<number> {
    return 0;
  }
}

/** What one process sees of the cache. */
class Copies implements SessionCache {
  constructor(private readonly stores: Stores) {}

  get(key: string): Promise<string | undefined> {
    return this.stores.ask(() => (key === KEY ? this.stores.copy : undefined));
  }

  set(_key: string, text: string): Promise<void> {
    return this.stores.ask(() => {
      this.stores.copy = text;
    });
  }

  delete(): Promise<void> {
    return this.stores.ask(() => {
      this.stores.copy = undefined;
    });
  }
}

type MakeEngine = (database: SessionEngine, cache: SessionCache) => SessionEngine;
type Task = (engine: SessionEngine) => Promise<unknown>;

const cachedDatabase: MakeEngine = (database, cache) => new CachedDatabaseEngine(database, cache, { clock });

const tasks: Record<string, Task> = {
  load: (engine) => engine.load(KEY),
  delete: (engine) => engine.delete(KEY),
  replace: (engine) => engine.replace(KEY, session('second'), first),
  'replace again': (engine) => engine.replace(KEY, session('third'), session('second')),
  touch: (engine) => engine.touch(KEY, session('', 120).expiresAt),
  'create again': (engine) => engine.create(KEY, session('fourth')),
};

/** Every task runs in a process of its own. Afterwards the cache must agree with the row. */
function scenario(
  names: readonly string[],
  {
    makeEngine = cachedDatabase,
    copied = false,
    failure,
  }: { makeEngine?: MakeEngine; copied?: boolean; failure?: Failure },
): (step: Step) => Scenario {
  return (step) => {
    const stores = new Stores(step, failure);
    if (copied) stores.copy = frameSession(first);
    const engines: SessionEngine[] = [];
    const engine = (): SessionEngine => {
      const started = makeEngine(new Database(stores), new Copies(stores));
      engines.push(started);
      return started;
    };
    return {
      tasks: names.map((name) => () => tasks[name]!(engine())),
      async check() {
        // The next call of a process whose cache failed finds that it answers again.
        for (const each of engines) await each.load('otherkey');
        await everythingElse();
        const row = stores.row && frameSession(stores.row);
        if (stores.copy !== undefined && stores.copy !== row)
          throw new Error(`The copy ${stores.copy} of ${row} stays.`);
        const loaded = await engine().load(KEY);
        if ((loaded && frameSession(loaded)) !== row) throw new Error(`${loaded?.data} is loaded, the row is ${row}.`);
      },
    };
  };
}

/** Milliseconds. Sets of four have many orders, and a busy machine takes its time. */
const PATIENCE = 300_000;

const meetings = [
  ...pairs(['load', 'delete', 'replace', 'touch']),
  ['load', 'delete', 'create again'],
  ['load', 'replace', 'delete'],
  ['load', 'replace', 'touch'],
  ['load', 'replace', 'replace again'],
  ['load', 'touch', 'delete'],
  ['replace', 'touch', 'delete'],
  ['load', 'load', 'delete'],
  ['load', 'load', 'replace'],
  ['load', 'load', 'touch'],
  ['load', 'replace', 'touch', 'delete'],
  ['load', 'replace', 'replace again', 'delete'],
];

describe('The copy that cached_db keeps of a row', () => {
  for (const copied of [false, true]) {
    for (const names of meetings) {
      it(
        `is true or gone after ${names.join(', ')} in any order, ${copied ? 'copied' : 'not copied'} before`,
        async () => {
          const count = await playEveryInterleaving(scenario(names, { copied }));
          expect(count).toBeGreaterThan(1);
        },
        PATIENCE,
      );
    }
  }

  describe.each<Failure['effect']>(['none', 'at once', 'late'])(
    'when a call of the cache fails, with effect: %s',
    (effect) => {
      for (const names of meetings.filter(isBrief)) {
        it(`is true or gone after ${names.join(', ')}, once the cache answers again`, async () => {
          for (const copied of [false, true]) {
            for (let call = 1; call <= 4; call++) {
              await playEveryInterleaving(scenario(names, { copied, failure: { call, effect } }));
            }
          }
        });
      }
    },
  );

  it("would bring a session back in Django's order, which the same search finds", async () => {
    await expect(playEveryInterleaving(scenario(['load', 'delete'], { makeEngine: djangosOrder }))).rejects.toThrow(
      'stays',
    );
  });
});

/** Fills the cache from a read and leaves it at that. */
const djangosOrder: MakeEngine = (database, cache) =>
  Object.assign(new CachedDatabaseEngine(database, cache, { clock }), {
    async load(key: string) {
      const row = await database.load(key);
      if (row) await cache.set(key, frameSession(row), 1);
      return row;
    },
  });

/** Failures multiply the orders, so the longest meetings are left out. */
function isBrief(names: readonly string[]): boolean {
  return names.length < 4 && names.filter((name) => name === 'load').length < 2;
}

function pairs(names: string[]): string[][] {
  return names.flatMap((name, index) => names.slice(index).map((other) => [name, other]));
}
