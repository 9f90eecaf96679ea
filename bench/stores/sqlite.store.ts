import { join } from 'node:path';
import Database from 'libsql';
import { SQLITE_PRAGMAS } from '../subjects/sqlite-pragmas.js';
import type { BenchStore } from './bench-store.js';
import { createSessionTable } from './session-table.js';

const BY_HAND = `
CREATE TABLE by_hand (key text PRIMARY KEY, data text NOT NULL, expires_at integer NOT NULL);
CREATE INDEX by_hand_expires_at ON by_hand (expires_at);`;

const MILLISECONDS_OF_14_DAYS = 14 * 24 * 60 * 60 * 1000;

/** A session of 200 bytes of JSON as each table keeps it, and when it ends. */
const ROWS = {
  by_hand: `hex(zeroblob(100)), unixepoch() * 1000 + abs(random()) % ${MILLISECONDS_OF_14_DAYS}`,
  session: `hex(zeroblob(160)), datetime('now', '+' || (1 + abs(random()) % 13) || ' days')`,
};
const KEYS = { by_hand: 'key', session: 'session_key' };
const COLUMNS = { by_hand: 'key, data, expires_at', session: 'session_key, session_data, expire_date' };
const FILLED = 'filled';

type Table = keyof typeof ROWS;
const TABLES = Object.keys(ROWS) as Table[];

/** A database file in the run's own folder, which goes with the folder. */
export class SqliteStore implements BenchStore {
  #rows = 0;

  private constructor(
    readonly path: string,
    readonly version: string,
    private readonly database: Database.Database,
  ) {}

  static async open(folder: string): Promise<SqliteStore> {
    const path = join(folder, 'sessions.sqlite');
    await createSessionTable({ type: 'better-sqlite3', driver: Database, database: path });
    const database = new Database(path);
    for (const pragma of SQLITE_PRAGMAS) database.pragma(pragma);
    database.exec(BY_HAND);
    const { version } = database.prepare('SELECT sqlite_version() AS version').get() as { version: string };
    return new SqliteStore(path, version, database);
  }

  async fill(rows: number): Promise<void> {
    if (rows <= this.#rows) return;
    for (const table of TABLES) {
      this.database.exec(
        `WITH RECURSIVE number(i) AS (SELECT ${this.#rows + 1} UNION ALL SELECT i + 1 FROM number WHERE i < ${rows})
         INSERT INTO ${table} (${COLUMNS[table]}) SELECT '${FILLED}' || hex(randomblob(16)), ${ROWS[table]} FROM number`,
      );
    }
    this.database.exec('ANALYZE');
    this.database.pragma('wal_checkpoint(TRUNCATE)');
    this.#rows = rows;
  }

  async clear(): Promise<void> {
    for (const table of TABLES) {
      this.database.exec(`DELETE FROM ${table} WHERE ${KEYS[table]} NOT LIKE '${FILLED}%'`);
    }
    this.database.pragma('wal_checkpoint(TRUNCATE)');
  }

  async close(): Promise<void> {
    this.database.close();
  }
}
