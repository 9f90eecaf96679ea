import type { DataSource, EntityMetadata } from 'typeorm';
import type { SessionToStore } from '../session-engine.js';
import type { BaseSession } from './base-session.js';

/** TypeORM exports the class under no name of its own. */
export type ColumnMetadata = EntityMetadata['columns'][number];

/** The columns that an entity has beside the library's own, with the values that {@link BaseSession.fill} gives them. */
export class ExtraColumns {
  readonly #entity: new () => BaseSession;
  readonly #driver: DataSource['driver'];
  readonly #columns: readonly ColumnMetadata[];

  constructor(
    dataSource: DataSource,
    entity: new () => BaseSession,
    ownColumns: readonly (ColumnMetadata | undefined)[],
  ) {
    this.#entity = entity;
    this.#driver = dataSource.driver;
    this.#columns = dataSource
      .getMetadata(entity)
      .columns.filter((column) => !ownColumns.includes(column) && !column.generatedType);
  }

  /** What to write for a session, by escaped column name. */
  valuesOf(session: SessionToStore, write: 'isInsert' | 'isUpdate'): Record<string, unknown> {
    const values: Record<string, unknown> = {};
    if (this.#columns.length === 0) return values;
    const row = new this.#entity();
    row.fill(session.values ?? {});
    for (const column of this.#columns) {
      const value: unknown = column.getEntityValue(row) ?? (column.isNullable ? null : undefined);
      if (value === undefined || !column[write]) continue;
      values[this.#driver.escape(column.databaseName)] = this.#driver.preparePersistentValue(value, column);
    }
    return values;
  }
}
