import { DataSource } from 'typeorm';

/** The token under which `@nestjs/typeorm` provides a DataSource; any other token stands for itself. */
export function dataSourceToken(dataSource: unknown): never {
  if (dataSource === undefined || dataSource === 'default') return DataSource as never;
  return (typeof dataSource === 'string' ? `${dataSource}DataSource` : dataSource) as never;
}
