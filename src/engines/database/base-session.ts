import { BaseEntity, Column, Index, PrimaryColumn, type DataSource } from 'typeorm';
import { dialectOf } from './dialect.js';

/**
 * The three columns that every session table has, Django's `AbstractBaseSession`. Extend it to keep more columns beside
 * them, for example to join sessions with accounts, or extend `SessionEntity`, which also tells the sessions of a user:
 *
 * ```ts
 * @Entity('session')
 * export class AccountSession extends SessionEntity {
 *   @Index()
 *   @Column({ type: 'integer', nullable: true })
 *   accountId?: number;
 *
 *   override fill(values: Readonly<Record<string, unknown>>): void {
 *     this.accountId = values.accountId as number | undefined;
 *   }
 * }
 * ```
 *
 * Sessions are written by statements of their own, so listeners and subscribers of the entity do not run.
 */
export abstract class BaseSession extends BaseEntity {
  /** 32 characters, or the 64 hex digits of their SHA-256 with `hashKeys`. */
  @PrimaryColumn({ name: 'session_key', type: 'varchar', length: 64 })
  sessionKey!: string;

  /** The session, encoded. */
  @Column({ name: 'session_data', type: 'text' })
  sessionData!: string;

  /**
   * From this instant on the session no longer exists. The column holds UTC, or local time for a Django with
   * `USE_TZ = False`; in MySQL and SQLite it does not say so, and a repository reads it in the time zone that its driver
   * assumes.
   */
  @Index()
  @Column({ name: 'expire_date', type: Date })
  expireDate!: Date;

  /**
   * Sets the columns that a subclass adds, from what is in the session; Django's `create_model_instance`. Runs on a new
   * instance each time a session is created or its data changes. A nullable column left undefined becomes NULL; any other
   * left undefined keeps its value, at first the column's default.
   */
  fill(_values: Readonly<Record<string, unknown>>): void {}

  /** Called by TypeORM for each DataSource with this entity: the only moment to choose column types by database. */
  static override useDataSource(dataSource: DataSource | null): void {
    super.useDataSource(dataSource);
    const columns = dataSource && dialectOf(dataSource)?.columns;
    if (!columns) return;
    const metadata = dataSource.getMetadata(this);
    Object.assign(metadata.findColumnWithPropertyName('sessionData') ?? {}, { type: columns.sessionData });
    Object.assign(metadata.findColumnWithPropertyName('expireDate') ?? {}, {
      type: columns.expireDate,
      precision: columns.expireDatePrecision,
    });
  }
}
