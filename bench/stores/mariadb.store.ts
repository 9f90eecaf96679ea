import { randomBytes } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';
import { createSessionTable } from './session-table.js';

/** A database of the run's own, for the one measurement that is not about speed but about pruning. */
export class MariaDbStore {
  private constructor(
    readonly url: string,
    private readonly server: Connection,
  ) {}

  static async open(serverUrl: string): Promise<MariaDbStore> {
    const server = await createConnection(serverUrl);
    const url = new URL(serverUrl);
    url.pathname = `nest_sessions_bench_${randomBytes(6).toString('hex')}`;
    await server.query(`CREATE DATABASE ${url.pathname.slice(1)}`);
    await createSessionTable({ type: 'mysql', url: url.href });
    await server.query(`USE ${url.pathname.slice(1)}`);
    return new MariaDbStore(url.href, server);
  }

  async fillWithExpired(rows: number): Promise<void> {
    await this.server.query(
      `INSERT INTO session (session_key, session_data, expire_date) SELECT md5(seq), repeat(md5(seq), 12),
       utc_timestamp(6) + INTERVAL IF(seq % 10 = 0, 1, -1) * floor(1 + rand() * 1209600) SECOND FROM seq_1_to_${rows}`,
    );
  }

  async close(): Promise<void> {
    await this.server.query(`DROP DATABASE ${new URL(this.url).pathname.slice(1)}`);
    await this.server.end();
  }
}
