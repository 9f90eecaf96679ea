import { Table, type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dialectOf } from './dialect.js';

/**
 * Creates the table of {@link SessionEntity}, exactly as `synchronize: true` would. Add it to the option `migrations` of the
 * DataSource: `migrations: [CreateSessionTable1700000000000]`.
 */
export class CreateSessionTable1700000000000 implements MigrationInterface {
  readonly name = 'CreateSessionTable1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    const dataSource = dataSourceOf(runner);
    const columns = dialectOf(dataSource)?.columns;
    if (!columns) throw new Error(`There is no session table for databases of type '${dataSource.options.type}'.`);
    await runner.createTable(
      new Table({
        name: tableName(dataSource),
        columns: [
          { name: 'session_key', type: 'varchar', length: '64', isPrimary: true },
          { name: 'session_data', type: columns.sessionData as string },
          { name: 'expire_date', type: columns.expireDate as string, precision: columns.expireDatePrecision },
          { name: 'user_mark', type: 'varchar', length: '64', isNullable: true },
        ],
        indices: [{ columnNames: ['expire_date'] }, { columnNames: ['user_mark'], where: 'user_mark IS NOT NULL' }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable(tableName(dataSourceOf(runner)));
  }
}

/** By the name that TypeORM 0.3 has for it as well. */
function dataSourceOf({ connection }: QueryRunner): DataSource {
  return connection;
}

function tableName({ options, namingStrategy }: DataSource): string {
  return options.entityPrefix ? namingStrategy.prefixTableName(options.entityPrefix, 'session') : 'session';
}
