import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import type { SessionModuleOptions } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import { databases, type TestDatabase } from './databases.js';
import { type Service, serviceUrls } from './services.js';

/** An engine of the package as an application would set it up, on a store of its own. */
export interface TestEngine {
  readonly name: string;
  readonly service?: Service;
  /** False where the cookie holds the session. */
  readonly keepsOnServer: boolean;
  readonly listsByUser: boolean;
  /** Whether several applications may work on the store at the same time and lose nothing. */
  readonly isAtomic: boolean;
  /** Whether sessions outlive the application, where the store does. */
  readonly isLasting: boolean;
  open(): Promise<OpenEngine>;
}

export interface OpenEngine {
  readonly options: Partial<SessionModuleOptions>;
  /** Once the application is closed. */
  close(): Promise<void>;
}

const withoutStore = (options: Partial<SessionModuleOptions>) => async (): Promise<OpenEngine> => ({
  options,
  close: async () => {},
});

async function onDatabase(engine: 'db' | 'cached_db', { open }: TestDatabase): Promise<OpenEngine> {
  const dataSource = await open([SessionEntity]);
  return { options: { engine, dataSource }, close: () => dataSource.destroy() };
}

async function onRedis(): Promise<OpenEngine> {
  const cache = new Keyv(new KeyvRedis(serviceUrls.redis.href), { namespace: randomBytes(6).toString('hex') });
  const close = async (): Promise<void> => {
    await cache.clear();
    await cache.disconnect();
  };
  return { options: { engine: 'cache', cache }, close };
}

async function onFiles(): Promise<OpenEngine> {
  const filePath = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  return { options: { engine: 'file', filePath }, close: () => rm(filePath, { recursive: true }) };
}

const stored = { keepsOnServer: true, listsByUser: true, isAtomic: true, isLasting: true };
const inCookie = { keepsOnServer: false, listsByUser: false, isAtomic: false, isLasting: true };
const sqlite = databases.find(({ name }) => name === 'SQLite')!;

/** Every engine that comes with the package. */
export const engines: readonly TestEngine[] = [
  ...databases.map((database) => ({
    ...stored,
    name: `db on ${database.name}`,
    service: database.service,
    open: () => onDatabase('db', database),
  })),
  // Each application has a cache of its own in memory.
  { ...stored, isAtomic: false, name: 'cached_db', open: () => onDatabase('cached_db', sqlite) },
  { ...stored, isAtomic: false, isLasting: false, name: 'cache in memory', open: withoutStore({ engine: 'cache' }) },
  { ...stored, name: 'cache on Redis', service: 'redis', open: onRedis },
  {
    ...stored,
    listsByUser: false,
    isAtomic: false,
    name: 'cache on another Keyv',
    open: async () => withoutStore({ engine: 'cache', cache: new Keyv() })(),
  },
  { ...stored, name: 'file', open: onFiles },
  { ...inCookie, name: 'signed_cookies', open: withoutStore({ engine: 'signed_cookies' }) },
  { ...inCookie, name: 'encrypted_cookies', open: withoutStore({ engine: 'encrypted_cookies' }) },
];
