import { createHook } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KeyvRedis from '@keyv/redis';
import KeyvValkey from '@keyv/valkey';
import { Keyv } from 'keyv';
import type { SessionModuleOptions } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { RoundTripProxy } from '../../bench/measure/round-trip-proxy.js';
import { StatementLog, type TestDatabase } from './databases.js';
import { removeFromRedis } from './remove-from-redis.js';
import { serviceUrls } from './services.js';

/** The options of an application, and what counts how often it asks its store. */
export interface CountedStore {
  readonly options: Partial<SessionModuleOptions>;
  /** How often since the last time. */
  take(): number;
  close(): Promise<void>;
}

/** Counts round trips to a database server. */
export async function countedDatabase(database: TestDatabase): Promise<CountedStore> {
  const own = await database.open([SessionEntity]);
  const proxy = await RoundTripProxy.open((own.options as { url: string }).url);
  const dataSource = await new DataSource({ ...own.options, url: proxy.url } as DataSourceOptions).initialize();
  return {
    options: { engine: 'db', dataSource },
    take: () => proxy.take(),
    async close() {
      await dataSource.destroy();
      proxy.close();
      await own.destroy();
    },
  };
}

/** Counts statements of a database that is no server. */
export async function countedStatements(database: TestDatabase): Promise<CountedStore> {
  const log = new StatementLog();
  const dataSource = await database.open([SessionEntity], { logger: log });
  return {
    options: { engine: 'db', dataSource },
    take: () => log.take().length,
    close: () => dataSource.destroy(),
  };
}

const ADAPTERS = { '@keyv/redis': KeyvRedis, '@keyv/valkey': KeyvValkey };

/** Counts round trips to Redis by an adapter of Keyv. */
export async function countedCache(adapter: keyof typeof ADAPTERS): Promise<CountedStore> {
  const proxy = await RoundTripProxy.open(serviceUrls.redis.href);
  const namespace = randomUUID();
  const cache = new Keyv({ store: new ADAPTERS[adapter](proxy.url), namespace });
  return {
    options: { engine: 'cache', cache },
    take: () => proxy.take(),
    async close() {
      await cache.disconnect();
      proxy.close();
      await removeFromRedis(namespace);
    },
  };
}

/** Counts round trips to both the database and the cache. */
export async function countedCachedDatabase(database: TestDatabase): Promise<CountedStore> {
  const [rows, copies] = [await countedDatabase(database), await countedCache('@keyv/redis')];
  return {
    options: { ...rows.options, ...copies.options, engine: 'cached_db' },
    take: () => rows.take() + copies.take(),
    async close() {
      await rows.close();
      await copies.close();
    },
  };
}

/** Counts calls of the file system. */
export async function countedFiles(): Promise<CountedStore> {
  let calls = 0;
  const hook = createHook({ init: (_id, type) => void (type === 'FSREQCALLBACK' && calls++) }).enable();
  const folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  return {
    options: { engine: 'file', filePath: folder },
    take() {
      const taken = calls;
      calls = 0;
      return taken;
    },
    async close() {
      hook.disable();
      await rm(folder, { recursive: true });
    },
  };
}
