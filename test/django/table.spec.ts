import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamicModule } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { djangoInterop, SessionModule, SessionService } from 'nest-sessions';
import { DjangoSessionEntity } from 'nest-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { SECRET } from '../support/applications.js';
import { describeWith } from '../support/services.js';
import { Django } from './django.js';
import { databasePlaces, djangoDatabase, type Place } from './peers.js';

/** What the database knows of all its tables. */
const SCHEMAS: Record<Place['database']['name'], string[]> = {
  PostgreSQL: [
    `SELECT table_name, column_name, data_type, character_maximum_length, is_nullable FROM information_schema.columns
       WHERE table_schema = 'public' ORDER BY 1, 2`,
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`,
  ],
  MariaDB: [
    `SELECT table_name, column_name, column_type, is_nullable, collation_name FROM information_schema.columns
       WHERE table_schema = DATABASE() ORDER BY 1, 2`,
    `SELECT table_name, index_name, column_name FROM information_schema.statistics
       WHERE table_schema = DATABASE() ORDER BY 1, 2, 3`,
  ],
  SQLite: ['SELECT name, sql FROM sqlite_master ORDER BY 1'],
};

const interop = djangoInterop({ version: '3.2' });
const options = { ...interop, secret: SECRET, pruneInterval: false } as const;
const modules: [name: string, sessionModule: () => DynamicModule][] = [
  ['forRoot', () => SessionModule.forRoot(options)],
  [
    'forRootAsync, which is told the entity',
    () => SessionModule.forRootAsync({ entity: DjangoSessionEntity, useFactory: () => options }),
  ],
];

function tests({ database }: Place): void {
  let folder: string;
  let dataSource: DataSource;
  let django: Django;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-table-'));
    const isFile = database.name === 'SQLite';
    dataSource = await database.open([], {
      synchronize: false,
      ...(isFile ? { database: join(folder, 'shared.sqlite') } : {}),
    });
    django = new Django({ SECRET_KEY: SECRET, DATABASES: { default: djangoDatabase(dataSource) } });
    await django.manage('migrate');
  }, 120_000);
  afterAll(async () => {
    await django.stop();
    await dataSource.destroy();
    await rm(folder, { recursive: true });
  }, 60_000);

  const schema = (): Promise<unknown[]> => Promise.all(SCHEMAS[database.name].map((sql) => dataSource.query(sql)));

  it.each(modules)('is found by %s and left as Django has made it, even by synchronize', async (_, sessionModule) => {
    const before = await schema();
    const own = { ...dataSource.options, synchronize: true, autoLoadEntities: true } as TypeOrmModuleOptions;
    const module = await Test.createTestingModule({ imports: [TypeOrmModule.forRoot(own), sessionModule()] }).compile();
    const app = await module.createNestApplication({ logger: false }).init();
    const { key } = await app.get(SessionService).create({ a: 1 });
    await app.close();
    expect(await schema()).toEqual(before);
    expect(await django.read(key!)).toBe('{"a":1}');
  });
}

for (const place of databasePlaces) {
  await describeWith(place.service, `The table django_session in ${place.name}`, () => tests(place));
}
