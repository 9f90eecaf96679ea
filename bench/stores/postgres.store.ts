import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Client } from 'pg';
import type { BenchStore } from './bench-store.js';
import { createSessionTable } from './session-table.js';

const BY_HAND = `
CREATE TABLE by_hand (key text PRIMARY KEY, data text NOT NULL, expires_at timestamptz NOT NULL);
CREATE INDEX ON by_hand (expires_at)`;

/** A session of 200 bytes of JSON as each table keeps it, and when it ends. */
const ROWS = {
  by_hand: `repeat(md5(i::text), 6), now() + random() * interval '14 days'`,
  session: `repeat(md5(i::text), 10), now() + random() * interval '14 days'`,
  connect_pg_simple: `json_build_object('data', repeat(md5(i::text), 8)), now() + random() * interval '14 days'`,
};
const KEYS = { by_hand: 'key', session: 'session_key', connect_pg_simple: 'sid' };
const FILLED = 'filled';

type Table = keyof typeof ROWS;
const TABLES = Object.keys(ROWS) as Table[];

/** A database of the run's own. */
export class PostgresStore implements BenchStore {
  #rows = 0;

  private constructor(
    readonly url: string,
    readonly version: string,
    private readonly server: Client,
    private readonly database: Client,
  ) {}

  static async open(serverUrl: string): Promise<PostgresStore> {
    const server = new Client({ connectionString: serverUrl });
    await server.connect();
    const name = `nest_sessions_bench_${randomBytes(6).toString('hex')}`;
    await server.query(`CREATE DATABASE ${name}`);
    const url = new URL(serverUrl);
    url.pathname = name;
    await createSessionTable({ type: 'postgres', url: url.href });
    const database = new Client({ connectionString: url.href });
    await database.connect();
    await database.query(BY_HAND);
    await database.query(await connectPgSimpleTable());
    const { rows } = await server.query('SHOW server_version');
    return new PostgresStore(url.href, String(rows[0].server_version).split(' ')[0]!, server, database);
  }

  async fill(rows: number): Promise<void> {
    if (rows <= this.#rows) return;
    for (const table of TABLES) {
      await this.database.query(
        `INSERT INTO ${table} SELECT '${FILLED}' || md5(i::text), ${ROWS[table]} FROM generate_series($1::int, $2::int) i`,
        [this.#rows + 1, rows],
      );
      await this.database.query(`VACUUM ANALYZE ${table}`);
    }
    // Otherwise the next measurement pays for it.
    await this.database.query('CHECKPOINT');
    this.#rows = rows;
  }

  /** Adds sessions of 400 bytes, nine in ten of them expired. */
  async fillWithExpired(rows: number): Promise<void> {
    await this.database.query(
      `INSERT INTO session (session_key, session_data, expire_date) SELECT md5(i::text), repeat(md5(i::text), 12),
       now() + CASE WHEN i % 10 = 0 THEN 1 ELSE -1 END * random() * interval '14 days' FROM generate_series(1, $1) i`,
      [rows],
    );
  }

  async clear(): Promise<void> {
    for (const table of TABLES) {
      await this.database.query(`DELETE FROM ${table} WHERE ${KEYS[table]} NOT LIKE '${FILLED}%'`);
      await this.database.query(`VACUUM ${table}`);
    }
  }

  async close(): Promise<void> {
    await this.database.end();
    await this.server.query(`DROP DATABASE ${new URL(this.url).pathname.slice(1)} WITH (FORCE)`);
    await this.server.end();
  }
}

/** The table that connect-pg-simple brings along, under another name. */
async function connectPgSimpleTable(): Promise<string> {
  const path = createRequire(import.meta.url).resolve('connect-pg-simple/table.sql');
  const sql = await readFile(path, 'utf8');
  return sql.replaceAll('"session"', '"connect_pg_simple"').replaceAll('session_', 'connect_pg_simple_');
}
