import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Places } from '../subjects/assembly.js';
import { FileStore } from './file.store.js';
import { PostgresStore } from './postgres.store.js';
import { RedisStore } from './redis.store.js';
import { SqliteStore } from './sqlite.store.js';

const REDIS_URL = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379';
export const POSTGRES_URL = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** All places that subjects keep their sessions in. Nothing is left of them after {@link close}. */
export class Stores {
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly parent: string,
    private readonly redis: RedisStore,
    private readonly postgres: PostgresStore,
    private readonly sqlite: SqliteStore,
    private readonly file: FileStore,
  ) {}

  static async open(): Promise<Stores> {
    const parent = await mkdtemp(join(tmpdir(), 'nest-sessions-bench-'));
    const [redis, postgres] = await Promise.all([
      RedisStore.open(REDIS_URL).catch((error: Error) => unreachable('Redis', 'BENCH_REDIS_URL', error)),
      PostgresStore.open(POSTGRES_URL).catch((error: Error) => unreachable('PostgreSQL', 'BENCH_POSTGRES_URL', error)),
    ]);
    return new Stores(parent, redis, postgres, await SqliteStore.open(parent), await FileStore.open(parent));
  }

  get places(): Places {
    return {
      redisUrl: this.redis.url,
      redisPrefix: this.redis.prefix,
      databaseUrl: this.postgres.url,
      sqlitePath: this.sqlite.path,
      folder: this.file.folder,
      secret: SECRET,
    };
  }

  get versions(): Record<string, string> {
    return { Redis: this.redis.version, PostgreSQL: this.postgres.version, SQLite: this.sqlite.version };
  }

  async fill(rows: number): Promise<void> {
    for (const store of this.#all) await store.fill(rows);
  }

  async clear(): Promise<void> {
    for (const store of this.#all) await store.clear();
  }

  /** May be called again. */
  close(): Promise<void> {
    return (this.#closing ??= this.#removeAll());
  }

  async #removeAll(): Promise<void> {
    for (const store of this.#all) await store.close();
    await rm(this.parent, { recursive: true });
  }

  get #all(): readonly [RedisStore, PostgresStore, SqliteStore, FileStore] {
    return [this.redis, this.postgres, this.sqlite, this.file];
  }
}

/** Strong, because the servers run as in production. */
const SECRET = randomBytes(48).toString('base64');

function unreachable(name: string, variable: string, cause: Error): never {
  throw new Error(`${name} does not answer (${cause.message}). Start it, or name another in ${variable}.`, { cause });
}
