import { randomBytes } from 'node:crypto';
import libsql from 'libsql';
import { DataSource, type DataSourceOptions, type Logger } from 'typeorm';
import { missing, serviceUrls, type Service } from './services.js';

type Entities = DataSourceOptions['entities'];
type Overrides = Partial<DataSourceOptions> | Record<string, unknown>;

/** A database to run the same tests on. */
export interface TestDatabase {
  readonly name: 'PostgreSQL' | 'MariaDB' | 'SQLite';
  /** What must be there to use it, for `describeWith`; SQLite needs nothing. */
  readonly service?: Service;
  available(): Promise<boolean>;
  /**
   * A connected DataSource over an empty database of its own, with the tables of the entities. `destroy()` removes the
   * database, so spec files can run side by side.
   */
  open(entities: Entities, overrides?: Overrides): Promise<DataSource>;
}

/** A DataSource whose database exists only as long as it is open. */
class OwnDatabase extends DataSource {
  constructor(
    options: DataSourceOptions,
    private readonly remove: () => Promise<void>,
  ) {
    super(options);
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.remove();
  }
}

async function openOnServer(
  type: 'postgres' | 'mysql',
  url: URL,
  entities: Entities,
  overrides?: Overrides,
): Promise<DataSource> {
  const name = `nest_sessions_${process.pid}_${randomBytes(6).toString('hex')}`;
  const administer = async (sql: string): Promise<void> => {
    const server = await new DataSource({ type, url: url.href }).initialize();
    await server.query(sql).finally(() => server.destroy());
  };
  await administer(`CREATE DATABASE ${name}`);
  const own = new URL(url);
  own.pathname = name;
  const options = { type, url: own.href, entities, synchronize: true, ...overrides } as DataSourceOptions;
  return new OwnDatabase(options, () => administer(`DROP DATABASE ${name}`)).initialize();
}

export const databases: readonly TestDatabase[] = [
  {
    name: 'PostgreSQL',
    service: 'postgres',
    available: async () => (await missing('postgres')) === undefined,
    open: (entities, overrides) => openOnServer('postgres', serviceUrls.postgres, entities, overrides),
  },
  {
    name: 'MariaDB',
    service: 'mariadb',
    available: async () => (await missing('mariadb')) === undefined,
    open: (entities, overrides) => openOnServer('mysql', serviceUrls.mariadb, entities, overrides),
  },
  {
    name: 'SQLite',
    available: async () => true,
    open: (entities, overrides) => {
      const options = { type: 'better-sqlite3', driver: libsql, database: ':memory:', entities, synchronize: true };
      return new DataSource({ ...options, ...overrides } as DataSourceOptions).initialize();
    },
  },
];

/** A TypeORM logger that keeps the statements, to be counted: `open(entities, { logger: new StatementLog() })`. */
export class StatementLog implements Logger {
  #statements: LoggedStatement[] = [];

  /** The statements since the last call. */
  take(): LoggedStatement[] {
    return this.#statements.splice(0);
  }

  logQuery(sql: string, parameters: unknown[] = []): void {
    this.#statements.push({ sql, parameters });
  }

  logQueryError(): void {}
  logQuerySlow(): void {}
  logSchemaBuild(): void {}
  logMigration(): void {}
  log(): void {}
}

export interface LoggedStatement {
  readonly sql: string;
  readonly parameters: unknown[];
}
