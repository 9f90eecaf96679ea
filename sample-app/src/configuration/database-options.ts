import { join } from 'node:path';
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import libsql from 'libsql';
import type { Configuration } from './configuration.js';

/** Whether sessions are kept in a database, so that TypeORM is needed. */
export function needsDatabase({ engine }: Configuration): boolean {
  return engine === 'db' || engine === 'cached_db';
}

/** The database of DATABASE_URL, or SQLite in a file. Tables are made at the start; in production use migrations. */
export function databaseOptions({ databaseUrl, dataFolder }: Configuration): TypeOrmModuleOptions {
  const common = { synchronize: true, autoLoadEntities: true, retryAttempts: 1 };
  if (databaseUrl) return { ...common, type: serverType(databaseUrl), url: databaseUrl };
  return { ...common, type: 'better-sqlite3', driver: libsql, database: join(dataFolder, 'sessions.sqlite') };
}

/** What the database is called on the page. */
export function databaseName({ databaseUrl }: Configuration): string {
  return databaseUrl
    ? { postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' }[serverType(databaseUrl)]
    : 'SQLite';
}

function serverType(url: string): 'postgres' | 'mysql' | 'mariadb' {
  if (url.startsWith('postgres')) return 'postgres';
  return url.startsWith('mariadb') ? 'mariadb' : 'mysql';
}
