import type { Dialect } from './dialect.js';
import type { ExpireDateFormat } from './expire-date.js';

/** Writes a parameter into the SQL and remembers that it comes next. */
type Bind = (parameter: string) => string;

/** One SQL statement, written once; each run only puts its values in order. */
export interface Statement {
  readonly sql: string;
  values(parameters: Readonly<Record<string, unknown>>): unknown[];
}

/** The escaped names of the table and of its columns. */
export interface TableNames {
  readonly table: string;
  readonly key: string;
  readonly data: string;
  readonly expireDate: string;
  /** Undefined where the table has none. */
  readonly userMark?: string;
}

/**
 * All SQL of the engine. The parameters are `key`, `data`, `expireDate`, `previousData`, `now`, `limit`, `user` and the
 * escaped names of further columns; `expireDate` and `now` are in the column's format.
 */
export class SessionStatements {
  readonly load: Statement;
  readonly touch: Statement;
  readonly delete: Statement;
  readonly deleteExpired: Statement;
  /** Undefined where the table does not know users. */
  readonly listByUser?: Statement;
  readonly #names: TableNames;
  readonly #dialect: Dialect;
  readonly #byColumns = new Map<string, Statement>();

  constructor(names: TableNames, dialect: Dialect, format: ExpireDateFormat) {
    this.#names = names;
    this.#dialect = dialect;
    const { table, key, data, expireDate, userMark } = names;
    const session = `${data} AS data, ${format.select(expireDate)} AS expiry`;
    this.load = this.#write((bind) => `SELECT ${session} FROM ${table} WHERE ${this.#isLive(bind)}`);
    if (userMark) {
      this.listByUser = this.#write(
        (bind) =>
          `SELECT ${key} AS session_key, ${session} FROM ${table} ` +
          `WHERE ${userMark} = ${bind('user')} AND ${expireDate} > ${bind('now')}`,
      );
    }
    this.touch = this.#write(
      (bind) =>
        `UPDATE ${table} SET ${expireDate} = ${bind('expireDate')} ` +
        `WHERE ${this.#isLive(bind)} AND ${expireDate} < ${bind('expireDate')}`,
    );
    this.delete = this.#write((bind) => `DELETE FROM ${table} WHERE ${dialect.isKey(key, () => bind('key'))}`);
    this.deleteExpired = this.#write((bind) =>
      dialect.deleteExpired({ table, key, expireDate, now: () => bind('now'), limit: () => bind('limit') }),
    );
  }

  /** Inserts a row, with these further columns. */
  create(furtherColumns: readonly string[] = []): Statement {
    const { table, key, data, expireDate } = this.#names;
    return this.#once(`create ${furtherColumns}`, (bind) => {
      const columns = [key, data, expireDate, ...furtherColumns];
      const values = ['key', 'data', 'expireDate', ...furtherColumns].map(bind);
      const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${values.join(', ')})`;
      return this.#dialect.insertUnlessTaken(insert, key);
    });
  }

  /** Compares and swaps, and sets these further columns. */
  replace(furtherColumns: readonly string[] = []): Statement {
    const { table, data, expireDate } = this.#names;
    return this.#once(`replace ${furtherColumns}`, (bind) => {
      const assignments = [
        `${data} = ${bind('data')}`,
        `${expireDate} = ${bind('expireDate')}`,
        ...furtherColumns.map((column) => `${column} = ${bind(column)}`),
      ];
      const isUnchanged = (): string => this.#dialect.isText(data, () => bind('previousData'));
      return `UPDATE ${table} SET ${assignments.join(', ')} WHERE ${this.#isLive(bind)} AND ${isUnchanged()}`;
    });
  }

  #isLive(bind: Bind): string {
    const { key, expireDate } = this.#names;
    return `${this.#dialect.isKey(key, () => bind('key'))} AND ${expireDate} > ${bind('now')}`;
  }

  #once(name: string, sql: (bind: Bind) => string): Statement {
    let statement = this.#byColumns.get(name);
    if (!statement) this.#byColumns.set(name, (statement = this.#write(sql)));
    return statement;
  }

  #write(sql: (bind: Bind) => string): Statement {
    const order: string[] = [];
    // Template literals evaluate from left to right, so the order of the calls is the order in the SQL.
    const bind: Bind = (parameter) => this.#dialect.parameter(order.push(parameter));
    return { sql: sql(bind), values: (parameters) => order.map((parameter) => parameters[parameter]) };
  }
}
