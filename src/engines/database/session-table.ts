import type { DataSource, EntityMetadata } from 'typeorm';
import { SessionOptionsError } from '../../errors/index.js';
import type { WallClock } from '../../session/wall-clock.js';
import type { BaseSession } from './base-session.js';
import { dialectOf, type Dialect } from './dialect.js';
import type { ExpireDateFormat } from './expire-date.js';
import { ExtraColumns, type ColumnMetadata } from './extra-columns.js';
import type { SessionEntity } from './session.entity.js';
import { SessionStatements } from './session-statements.js';

/** An entity's table in its database, and how to speak to it. */
export interface SessionTable {
  readonly dialect: Dialect;
  readonly expireDate: ExpireDateFormat;
  readonly statements: SessionStatements;
  readonly extraColumns: ExtraColumns;
  /** The escaped name of the column that stands for the user; undefined where there is none. */
  readonly userMark?: string;
}

/** Finds the table of an entity. Throws {@link SessionOptionsError}, naming the cure, when the DataSource cannot serve it. */
export function sessionTableOf(
  dataSource: DataSource,
  entity: new () => BaseSession,
  wallClock: WallClock,
): SessionTable {
  const dialect = dialectOf(dataSource);
  if (!dialect) {
    throw new SessionOptionsError(
      `The engine 'db' cannot keep sessions in a database of type '${dataSource.options.type}'. It works with 'postgres', ` +
        "'mysql', 'mariadb', 'better-sqlite3' and 'sqljs': set the option `dataSource` to a DataSource of one of these types.",
    );
  }
  if (!dataSource.isInitialized) {
    throw new SessionOptionsError(
      "The DataSource of the engine 'db' is not initialised. Let TypeOrmModule.forRoot() create it, or await its " +
        'initialize() before the application starts.',
    );
  }
  if (!dataSource.hasMetadata(entity)) {
    throw new SessionOptionsError(
      `The DataSource of the engine 'db' does not know the entity ${entity.name}. Add ${entity.name} to the option ` +
        '`entities` of the DataSource, or set `autoLoadEntities: true` in TypeOrmModule.forRoot(); with ' +
        `SessionModule.forRootAsync name it beside the factory too: forRootAsync({ entity: ${entity.name}, useFactory }).`,
    );
  }

  const metadata = dataSource.getMetadata(entity);
  const key = ownColumn(metadata, 'sessionKey');
  const data = ownColumn(metadata, 'sessionData');
  const expireDate = ownColumn(metadata, 'expireDate');
  const userMark = metadata.findColumnWithPropertyName('userMark' satisfies keyof SessionEntity);
  const escape = (name: string): string => dataSource.driver.escape(name);
  const names = {
    table: metadata.tablePath.split('.').map(escape).join('.'),
    key: escape(key.databaseName),
    data: escape(data.databaseName),
    expireDate: escape(expireDate.databaseName),
    userMark: userMark && escape(userMark.databaseName),
  };
  const format = dialect.expireDate(wallClock);
  return {
    dialect,
    expireDate: format,
    statements: new SessionStatements(names, dialect, format),
    extraColumns: new ExtraColumns(dataSource, entity, [key, data, expireDate, userMark]),
    userMark: names.userMark,
  };
}

function ownColumn(metadata: EntityMetadata, property: keyof BaseSession): ColumnMetadata {
  const column = metadata.findColumnWithPropertyName(property);
  if (column) return column;
  throw new SessionOptionsError(
    `The entity ${metadata.targetName} has no column for its property ${property}. Let it extend BaseSession of ` +
      "'nest-sessions/typeorm'.",
  );
}
