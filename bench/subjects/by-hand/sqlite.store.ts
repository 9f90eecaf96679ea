import Database from 'libsql';
import { SQLITE_PRAGMAS } from '../sqlite-pragmas.js';
import { type Places, SESSION_AGE } from '../assembly.js';
import type { SessionStore } from './session-store.js';

export function sqliteStore({ sqlitePath }: Places): SessionStore {
  const database = new Database(sqlitePath);
  for (const pragma of SQLITE_PRAGMAS) database.pragma(pragma);
  const select = database.prepare('SELECT data FROM by_hand WHERE key = ? AND expires_at > ?');
  const insert = database.prepare('INSERT INTO by_hand VALUES (?, ?, ?)');
  const update = database.prepare(
    'UPDATE by_hand SET data = ?, expires_at = ? WHERE key = ? AND data = ? AND expires_at > ?',
  );
  const remove = database.prepare('DELETE FROM by_hand WHERE key = ?');
  const expiry = (): number => Date.now() + SESSION_AGE * 1000;
  return {
    load: async (key) => (select.get(key, Date.now()) as { data: string } | undefined)?.data,
    create: async (key, text) => insert.run(key, text, expiry()),
    replace: async (key, text, previous) => update.run(text, expiry(), key, previous, Date.now()).changes === 1,
    delete: async (key) => remove.run(key),
  };
}
