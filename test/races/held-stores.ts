import { Keyv } from 'keyv';
import type { DataSource } from 'typeorm';
import { CachedDatabaseEngine } from '../../src/engines/cached-database/index.js';
import { createCacheEngine, type SessionCache } from '../../src/engines/cache/index.js';
import { MemoryCache } from '../../src/engines/cache/memory-cache.js';
import { DatabaseEngine } from '../../src/engines/database/index.js';
import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { SessionEngine } from '../../src/engines/session-engine.js';
import { TestClock } from '../support/test-clock.js';
import type { Access, Scheduler } from './explorer.js';
import type { HeldStore } from './session-scenario.js';

/** Holds every call of an engine: what an engine is that does all its work in one step of the store, as Redis' scripts do. */
export function heldEngine(scheduler: Scheduler, engine: SessionEngine): SessionEngine {
  return scheduler.hold(engine, (name, [key]) => ({ name, resource: `row ${String(key)}`, reads: name === 'load' }));
}

/** The contract itself. */
export function heldMemory(scheduler: Scheduler, memory = new MemoryEngine({ clock: new TestClock() })): HeldStore {
  const engine = heldEngine(scheduler, memory);
  return { engine: () => engine };
}

/** The real engine of the database, each statement a call. */
export function heldDatabase(scheduler: Scheduler, dataSource: DataSource): HeldStore {
  const held = Object.create(dataSource, {
    createQueryRunner: {
      value: (mode: 'master') =>
        scheduler.hold(dataSource.createQueryRunner(mode), (method, parameters) =>
          method === 'query' ? accessOf(String(parameters[0]), parameters[1] as unknown[]) : undefined,
        ),
    },
  }) as DataSource;
  return { engine: (clock) => new DatabaseEngine(held, undefined, { clock }) };
}

function accessOf(sql: string, parameters: readonly unknown[]): Access {
  const name = sql.slice(0, sql.indexOf(' '));
  const key = parameters.find((value) => typeof value === 'string' && /^[a-z0-9]{32}$/.test(value));
  return { name, resource: `row ${String(key)}`, reads: name === 'SELECT' };
}

/** Copies in a cache that all processes share, in front of rows: each call of either is held. */
export function heldCachedDatabase(scheduler: Scheduler, Engine = CachedDatabaseEngine): HeldStore {
  const memory = new MemoryEngine({ clock: new TestClock() });
  const rows = heldEngine(scheduler, memory);
  const copies = scheduler.hold<SessionCache>(new MemoryCache(new TestClock()), (name, [key]) => ({
    name: `${name} copy`,
    resource: `copy ${String(key)}`,
    reads: name === 'get',
  }));
  return { engine: (clock) => new Engine(rows, copies, { clock }), witnesses: [memory] };
}

/** Any Keyv store that is not on Redis. */
export function heldKeyv(scheduler: Scheduler): HeldStore {
  const entries = new Map<string, unknown>();
  const store = {
    get: async (key: string) => entries.get(key),
    set: async (key: string, value: unknown) => void entries.set(key, value),
    delete: async (key: string) => entries.delete(key),
    clear: async () => entries.clear(),
  };
  const held = scheduler.hold(store, (name, [key]) => ({ name, resource: String(key), reads: name === 'get' }));
  // The scheduler lets time pass for pauses, and no call is to be late by that.
  return { engine: (clock) => createCacheEngine(new Keyv({ store: held }), { clock, timeout: 1_000_000 }) };
}
