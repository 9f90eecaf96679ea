export const ADAPTERS = ['express', 'fastify'] as const;
export type Adapter = (typeof ADAPTERS)[number];

/** What a request does: nothing with the session, reads it, counts in it, makes a new one, gives it a new key. */
export const WORKS = ['untouched', 'read', 'write', 'new', 'login'] as const;
export type Work = (typeof WORKS)[number];

export const STORES = [
  'none',
  'memory',
  'redis',
  'postgres',
  'sqlite',
  'file',
  'signed',
  'encrypted',
  'cached',
] as const;
/** MariaDB is only in what measures pruning. */
export type Store = (typeof STORES)[number] | 'mariadb';

/** One application to be measured. */
export interface Subject {
  /** The family, and behind a slash the store where the family has several. */
  readonly id: string;
  readonly label: string;
  readonly store: Store;
  readonly adapters: readonly Adapter[];
  readonly works: readonly Work[];
  /** The largest session in bytes of JSON. Browsers keep 4096 bytes of a cookie, and encryption and base64 take their part. */
  readonly largest: number;
}

const COOKIE_SIZE = 2048;
const NO_LIMIT = Number.POSITIVE_INFINITY;

function subject(id: string, label: string, store: Store, differences: Partial<Subject> = {}): Subject {
  const largest = store === 'signed' || store === 'encrypted' ? COOKIE_SIZE : NO_LIMIT;
  return { id, label, store, adapters: ADAPTERS, works: WORKS, largest, ...differences };
}

const onExpress = { adapters: ['express'] } as const;
const onFastify = { adapters: ['fastify'] } as const;
/** For those that cannot give a session a new key. */
const withoutLogin = { works: ['untouched', 'read', 'write', 'new'] } as const;

export const SUBJECTS: readonly Subject[] = [
  subject('bare', 'Nest alone', 'none', { works: ['untouched', 'new'] }),

  subject('by-hand/redis', 'by hand, Redis', 'redis'),
  subject('by-hand/postgres', 'by hand, PostgreSQL', 'postgres'),
  subject('by-hand/sqlite', 'by hand, SQLite', 'sqlite'),
  subject('by-hand/file', 'by hand, file', 'file'),
  subject('by-hand/signed', 'by hand, signed cookie', 'signed'),
  subject('by-hand/encrypted', 'by hand, encrypted cookie', 'encrypted'),

  subject('nest-sessions/redis', 'nest-sessions, cache on Redis', 'redis'),
  subject('nest-sessions/memory', 'nest-sessions, cache in memory', 'memory'),
  subject('nest-sessions/postgres', 'nest-sessions, db on PostgreSQL', 'postgres'),
  subject('nest-sessions/sqlite', 'nest-sessions, db on SQLite', 'sqlite'),
  subject('nest-sessions/cached', 'nest-sessions, cached_db on PostgreSQL and Redis', 'cached'),
  subject('nest-sessions/file', 'nest-sessions, file', 'file'),
  subject('nest-sessions/signed', 'nest-sessions, signed_cookies', 'signed'),
  subject('nest-sessions/encrypted', 'nest-sessions, encrypted_cookies', 'encrypted'),

  subject('express-session/redis', 'express-session, connect-redis', 'redis', onExpress),
  subject('express-session/postgres', 'express-session, connect-pg-simple', 'postgres', onExpress),
  subject('express-session/file', 'express-session, session-file-store', 'file', onExpress),
  subject('express-session/memory', 'express-session, MemoryStore', 'memory', onExpress),
  subject('cookie-session', 'cookie-session', 'signed', { ...onExpress, ...withoutLogin }),
  subject('iron-session', 'iron-session', 'encrypted', withoutLogin),
  subject('fastify-session/redis', '@fastify/session, connect-redis', 'redis', onFastify),
  subject('fastify-session/memory', '@fastify/session, its memory', 'memory', onFastify),
  subject('secure-session', '@fastify/secure-session', 'encrypted', onFastify),
];

export function subjectOf(id: string): Subject {
  const found = SUBJECTS.find((candidate) => candidate.id === id);
  if (!found) throw new Error(`There is no subject ${id}.`);
  return found;
}
