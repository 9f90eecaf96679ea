import { Pool } from 'pg';
import { type Places, SESSION_AGE } from '../assembly.js';
import type { SessionStore } from './session-store.js';

const expiry = (): Date => new Date(Date.now() + SESSION_AGE * 1000);

export function postgresStore({ databaseUrl }: Places): SessionStore {
  const pool = new Pool({ connectionString: databaseUrl });
  return {
    async load(key) {
      const { rows } = await pool.query('SELECT data FROM by_hand WHERE key = $1 AND expires_at > now()', [key]);
      return rows[0]?.data;
    },
    create: (key, text) => pool.query('INSERT INTO by_hand VALUES ($1, $2, $3)', [key, text, expiry()]),
    async replace(key, text, previous) {
      const sql = 'UPDATE by_hand SET data = $1, expires_at = $2 WHERE key = $3 AND data = $4 AND expires_at > now()';
      return (await pool.query(sql, [text, expiry(), key, previous])).rowCount === 1;
    },
    delete: (key) => pool.query('DELETE FROM by_hand WHERE key = $1', [key]),
  };
}
