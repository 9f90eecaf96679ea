import type { DataSource, QueryResult } from 'typeorm';
import { SessionError, UnsupportedByEngineError } from '../../errors/index.js';
import { systemClock, type Clock } from '../../session/clock.js';
import { utcClock, type WallClock } from '../../session/wall-clock.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type KeyedSession,
  type ListsByUser,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { isStoreKey } from '../store-key.js';
import type { BaseSession } from './base-session.js';
import { SessionEntity } from './session.entity.js';
import type { Statement } from './session-statements.js';
import { sessionTableOf, type SessionTable } from './session-table.js';

/** How often a statement runs when the database undoes it each time to let another one pass. */
const MOST_ATTEMPTS = 5;

/** What a {@link DatabaseEngine} is made with beside its table. */
export interface DatabaseEngineOptions {
  /** @default the system's clock */
  clock?: Clock;
  /**
   * What the column `expire_date` follows in MySQL and SQLite, where it names no time zone.
   * @default UTC
   */
  wallClock?: WallClock;
}

/**
 * Keeps sessions in a table of any TypeORM DataSource on PostgreSQL, MySQL, MariaDB or SQLite. Each operation is one
 * statement outside of any transaction, except on SQLite, where TypeORM has a single connection: while a transaction of the
 * application is open there, sessions are written inside it, and undone with it. Give sessions a DataSource of their own to
 * avoid that. Errors of the driver reject as they are.
 */
export class DatabaseEngine extends SessionEngine implements EngineLifecycle, ListsByUser {
  readonly #dataSource: DataSource;
  readonly #entity: new () => BaseSession;
  readonly #clock: Clock;
  readonly #wallClock: WallClock;
  #foundTable?: SessionTable;

  constructor(
    dataSource: DataSource,
    entity: new () => BaseSession = SessionEntity,
    { clock = systemClock, wallClock = utcClock }: DatabaseEngineOptions = {},
  ) {
    super();
    this.#dataSource = dataSource;
    this.#entity = entity;
    this.#clock = clock;
    this.#wallClock = wallClock;
  }

  /** Rejects with `SessionOptionsError` when the DataSource is not initialised or does not know the entity. */
  async open(): Promise<void> {
    this.#foundTable = sessionTableOf(this.#dataSource, this.#entity, this.#wallClock);
  }

  async load(key: string): Promise<StoredSession | undefined> {
    // What is no key never reaches the database, where it may match another key or fail.
    if (!isStoreKey(key)) return undefined;
    const { records } = await this.#run(this.#table.statements.load, { key, now: this.#now });
    const row = records[0] as SessionRow | undefined;
    return row && this.#read(row);
  }

  async create(key: string, session: SessionToStore): Promise<boolean> {
    if (!isStoreKey(key)) {
      throw new SessionError(
        'SESSION_KEY',
        'A session was not stored, because its key is not 8 to 64 characters of a-z and 0-9.',
      );
    }
    const { dialect, expireDate, statements } = this.#table;
    const further = this.#furtherColumns(session, 'isInsert');
    try {
      const { affected } = await this.#run(statements.create(Object.keys(further)), {
        ...further,
        key,
        data: session.data,
        expireDate: expireDate.write(session.expiresAt.getTime()),
      });
      return affected === 1;
    } catch (error) {
      if (dialect.isKeyTaken(error as Error)) return false;
      throw error;
    }
  }

  async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    if (!isStoreKey(key)) return 'gone';
    const { expireDate, statements } = this.#table;
    const further = this.#furtherColumns(session, 'isUpdate');
    const { affected } = await this.#run(statements.replace(Object.keys(further)), {
      ...further,
      key,
      data: session.data,
      expireDate: expireDate.write(session.expiresAt.getTime()),
      previousData: previous.data,
      now: this.#now,
    });
    if (affected) return 'replaced';

    const stored = await this.load(key);
    if (!stored) return 'gone';
    // With the flag -FOUND_ROWS, MySQL counts rows that changed and not rows that matched. Only if nothing was to change can
    // that be the reason: another writer may well have stored the very same text, and this one's change must not be lost.
    return stored.data === previous.data && session.data === previous.data ? 'replaced' : 'changed';
  }

  async touch(key: string, expiresAt: Date): Promise<boolean> {
    if (!isStoreKey(key)) return false;
    const { expireDate, statements } = this.#table;
    const { affected } = await this.#run(statements.touch, {
      key,
      expireDate: expireDate.write(expiresAt.getTime()),
      now: this.#now,
    });
    return affected === 1 || (await this.load(key)) !== undefined;
  }

  async delete(key: string): Promise<void> {
    if (isStoreKey(key)) await this.#run(this.#table.statements.delete, { key });
  }

  async deleteExpired(limit: number): Promise<number> {
    const { affected } = await this.#run(this.#table.statements.deleteExpired, { now: this.#now, limit });
    return affected ?? 0;
  }

  /** @throws UnsupportedByEngineError when the entity has no column for the user */
  async listByUser(user: string): Promise<KeyedSession[]> {
    const { listByUser } = this.#table.statements;
    if (!listByUser) {
      throw new UnsupportedByEngineError(
        `db with the entity ${this.#entity.name}`,
        'list the sessions of a user',
        "Use SessionEntity of 'nest-sessions/typeorm', which has the column user_mark, or an entity that extends it.",
      );
    }
    if (!isStoreKey(user)) return [];
    const { records } = await this.#run(listByUser, { user, now: this.#now });
    return (records as (SessionRow & { session_key: string })[]).map((row) => ({
      key: row.session_key,
      ...this.#read(row),
    }));
  }

  get #table(): SessionTable {
    return (this.#foundTable ??= sessionTableOf(this.#dataSource, this.#entity, this.#wallClock));
  }

  get #now(): string {
    return this.#table.expireDate.write(this.#clock.now());
  }

  #read({ data, expiry }: SessionRow): StoredSession {
    return { data, expiresAt: this.#table.expireDate.read(expiry) };
  }

  /** What is written beside Django's three columns, by escaped column name. */
  #furtherColumns(session: SessionToStore, write: 'isInsert' | 'isUpdate'): Record<string, unknown> {
    const { extraColumns, userMark } = this.#table;
    const values = extraColumns.valuesOf(session, write);
    if (userMark && session.user !== undefined) values[userMark] = session.user;
    return values;
  }

  async #run(statement: Statement, parameters: Record<string, unknown>): Promise<QueryResult> {
    const values = statement.values(parameters);
    // A replica may lag behind and miss a session, so reading goes to the master too.
    const runner = this.#dataSource.createQueryRunner('master');
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await runner.query(statement.sql, values, true);
        } catch (error) {
          if (attempt === MOST_ATTEMPTS || !this.#table.dialect.isRolledBack(error as Error)) throw error;
        }
      }
    } finally {
      await runner.release();
    }
  }
}

/** As the statements select it. */
interface SessionRow {
  readonly data: string;
  readonly expiry: unknown;
}
