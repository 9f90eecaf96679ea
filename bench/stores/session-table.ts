import { CreateSessionTable1700000000000 } from 'nest-sessions/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';

/** Creates the table of nest-sessions as an application does, by its migration. */
export async function createSessionTable(options: DataSourceOptions): Promise<void> {
  const dataSource = new DataSource({
    ...options,
    migrations: [CreateSessionTable1700000000000],
  } as DataSourceOptions);
  await dataSource.initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}
