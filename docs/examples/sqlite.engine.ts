import Database from 'libsql';
import { type ReplaceOutcome, SessionEngine, type StoredSession } from 'nest-sessions';

/** Sessions in a SQLite file, without an ORM. */
export class SqliteEngine extends SessionEngine {
  readonly #db: Database.Database;

  constructor(
    file: string,
    private readonly now: () => number = Date.now,
  ) {
    super();
    this.#db = new Database(file);
    this.#db.exec(
      'CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, data TEXT NOT NULL, expires INTEGER NOT NULL)',
    );
    this.#db.exec('CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires)');
  }

  async load(key: string): Promise<StoredSession | undefined> {
    const select = this.#db.prepare('SELECT data, expires FROM sessions WHERE key = ? AND expires > ?');
    const row = select.get(key, this.now()) as { data: string; expires: number } | undefined;
    return row && { data: row.data, expiresAt: new Date(row.expires) };
  }

  async create(key: string, { data, expiresAt }: StoredSession): Promise<boolean> {
    return (
      this.#run('INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT DO NOTHING', key, data, expiresAt.getTime()) === 1
    );
  }

  async replace(key: string, { data, expiresAt }: StoredSession, previous: StoredSession): Promise<ReplaceOutcome> {
    const swap = 'UPDATE sessions SET data = ?, expires = ? WHERE key = ? AND data = ? AND expires > ?';
    if (this.#run(swap, data, expiresAt.getTime(), key, previous.data, this.now()) === 1) return 'replaced';
    return (await this.load(key)) ? 'changed' : 'gone';
  }

  async touch(key: string, expiresAt: Date): Promise<boolean> {
    const forward = 'UPDATE sessions SET expires = max(expires, ?) WHERE key = ? AND expires > ?';
    return this.#run(forward, expiresAt.getTime(), key, this.now()) === 1;
  }

  async delete(key: string): Promise<void> {
    this.#run('DELETE FROM sessions WHERE key = ?', key);
  }

  async deleteExpired(limit: number): Promise<number> {
    const expired = 'SELECT key FROM sessions WHERE expires <= ? ORDER BY expires LIMIT ?';
    return this.#run(`DELETE FROM sessions WHERE key IN (${expired})`, this.now(), limit);
  }

  async close(): Promise<void> {
    this.#db.close();
  }

  #run(sql: string, ...parameters: unknown[]): number {
    return this.#db.prepare(sql).run(...parameters).changes;
  }
}
