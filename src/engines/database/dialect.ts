import type { ColumnType, DataSource, DataSourceOptions } from 'typeorm';
import { datetimeColumn, instantColumn, textColumn, type ExpireDateColumn } from './expire-date.js';

/** What a driver says of a statement that failed. */
interface DriverError {
  readonly code?: string;
  readonly errno?: number;
  readonly message?: string;
}

/** The names and parameters that deleting expired rows takes, ready to stand in the SQL. */
export interface PruneParts {
  readonly table: string;
  readonly key: string;
  readonly expireDate: string;
  readonly now: () => string;
  readonly limit: () => string;
}

/** In what the databases differ. */
export interface Dialect {
  /** The types of Django's columns, which TypeORM knows under no common name. */
  readonly columns: {
    readonly sessionData: ColumnType;
    readonly expireDate: ColumnType;
    readonly expireDatePrecision?: number;
  };
  readonly expireDate: ExpireDateColumn;

  /** How the parameter at a position, counted from 1, is written. */
  parameter(position: number): string;
  /** A condition that finds the row by the primary key, and only the very same key. */
  isKey(column: string, key: () => string): string;
  /** A condition that holds for the very same text: no other case, no other trailing spaces. */
  isText(column: string, text: () => string): string;
  /** Lets an INSERT leave everything as it is when the key is taken, where the database can tell that from other errors. */
  insertUnlessTaken(insert: string, key: string): string;
  deleteExpired(parts: PruneParts): string;

  /** Whether an INSERT failed because the key is taken. */
  isKeyTaken(error: DriverError): boolean;
  /** Whether the database undid a statement only because of others at the same time, so that it may simply run again. */
  isRolledBack(error: DriverError): boolean;
}

const postgres: Dialect = {
  columns: { sessionData: 'text', expireDate: 'timestamp with time zone' },
  expireDate: instantColumn,
  parameter: (position) => `$${position}`,
  isKey: (column, key) => `${column} = ${key()}`,
  isText: (column, text) => `${column} = ${text()}`,
  insertUnlessTaken: (insert, key) => `${insert} ON CONFLICT (${key}) DO NOTHING`,
  // An array is computed once; a subselect behind IN may be computed again for each row, and then exceeds the limit.
  deleteExpired: ({ table, key, expireDate, now, limit }) =>
    `DELETE FROM ${table} WHERE ${key} = ANY (ARRAY(SELECT ${key} FROM ${table} WHERE ${expireDate} <= ${now()} ` +
    `ORDER BY ${expireDate} LIMIT ${limit()} FOR UPDATE SKIP LOCKED)) AND ${expireDate} <= ${now()}`,
  isKeyTaken: () => false,
  isRolledBack: ({ code }) => code === '40001' || code === '40P01',
};

const mysql: Dialect = {
  columns: { sessionData: 'longtext', expireDate: 'datetime', expireDatePrecision: 6 },
  expireDate: datetimeColumn,
  parameter: () => '?',
  // The usual collations ignore case, accents and trailing spaces: the first half uses the index, the second is exact.
  isKey: (column, key) => `${column} = ${key()} AND ${mysql.isText(column, key)}`,
  isText: (column, text) => `${bytesOf(column)} = ${bytesOf(text())}`,
  // INSERT IGNORE would also hide data that does not fit, ON DUPLICATE KEY UPDATE also acts on other unique columns.
  insertUnlessTaken: (insert) => insert,
  deleteExpired: ({ table, expireDate, now, limit }) =>
    `DELETE FROM ${table} WHERE ${expireDate} <= ${now()} ORDER BY ${expireDate} LIMIT ${limit()}`,
  // The message is in the server's language, but names the key last and in quotes: 'PRIMARY' or 'session.PRIMARY'.
  isKeyTaken: ({ code, message }) => code === 'ER_DUP_ENTRY' && /['.]PRIMARY'[^']*$/.test(message ?? ''),
  isRolledBack: ({ code }) => code === 'ER_LOCK_DEADLOCK',
};

/** The bytes of a text in one encoding, because a column's may differ from the connection's. */
function bytesOf(expression: string): string {
  return `CAST(CONVERT(${expression} USING utf8mb4) AS BINARY)`;
}

const sqlite: Dialect = {
  columns: { sessionData: 'text', expireDate: 'datetime' },
  expireDate: textColumn,
  parameter: () => '?',
  isKey: (column, key) => `${column} = ${key()}`,
  isText: (column, text) => `${column} = ${text()}`,
  insertUnlessTaken: (insert, key) => `${insert} ON CONFLICT (${key}) DO NOTHING`,
  deleteExpired: ({ table, key, expireDate, now, limit }) =>
    `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${expireDate} <= ${now()} ` +
    `ORDER BY ${expireDate} LIMIT ${limit()})`,
  isKeyTaken: () => false,
  isRolledBack: () => false,
};

const dialects: Partial<Record<DataSourceOptions['type'], Dialect>> = {
  postgres,
  mysql,
  mariadb: mysql,
  'better-sqlite3': sqlite,
  sqljs: sqlite,
};

/** The dialect of a DataSource, or undefined for a database that sessions cannot be kept in. */
export function dialectOf(dataSource: DataSource): Dialect | undefined {
  return dialects[dataSource.options.type];
}
