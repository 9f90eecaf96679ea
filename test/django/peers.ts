import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { djangoInterop, type DjangoInteropSettings, type EngineName, type SessionModuleOptions } from 'nest-sessions';
import { DjangoSessionEntity } from 'nest-sessions/typeorm';
import type { DataSource } from 'typeorm';
import { SECRET } from '../support/applications.js';
import { databases, type TestDatabase } from '../support/databases.js';
import type { Service } from '../support/services.js';
import { Django } from './django.js';
import { Nest } from './nest.js';

/** Where the two keep their sessions. */
export interface Place {
  readonly name: string;
  /** What must be there to use it, for `describeWith`. */
  readonly service: Service;
  readonly engine: EngineName;
  readonly database: TestDatabase;
}

const SERVICES = { PostgreSQL: 'djangoOnPostgres', MariaDB: 'djangoOnMariadb', SQLite: 'django' } as const;
const inDatabases: Place[] = databases.map((database) => ({
  name: `db on ${database.name}`,
  service: SERVICES[database.name],
  engine: 'db',
  database,
}));
const sqlite = databases.find(({ name }) => name === 'SQLite')!;

/** The engines and databases that can be shared. Django keeps its users in SQLite where sessions are in no database. */
export const places: readonly Place[] = [
  ...inDatabases,
  { name: 'file', service: 'django', engine: 'file', database: sqlite },
  { name: 'signed_cookies', service: 'django', engine: 'signed_cookies', database: sqlite },
];

export const databasePlaces: readonly Place[] = inDatabases;

export interface Differences {
  /** In settings.py. */
  readonly django?: Record<string, unknown>;
  readonly interop?: DjangoInteropSettings;
  readonly nest?: Partial<SessionModuleOptions>;
}

/** A Django and an application on this module that share their sessions. */
export class Peers {
  private constructor(
    readonly django: Django,
    readonly nest: Nest,
    readonly dataSource: DataSource,
    readonly folder: string,
  ) {}

  static async start({ engine, database }: Place, { django, interop, nest }: Differences = {}): Promise<Peers> {
    const folder = await mkdtemp(join(tmpdir(), 'nest-sessions-django-'));
    const isFile = database.name === 'SQLite';
    const dataSource = await database.open([DjangoSessionEntity], {
      synchronize: false,
      ...(isFile ? { database: join(folder, 'shared.sqlite'), timeout: 20_000 } : {}),
    });
    const onDjango = new Django({
      SECRET_KEY: SECRET,
      DATABASES: { default: djangoDatabase(dataSource) },
      SESSION_ENGINE: `django.contrib.sessions.backends.${engine}`,
      SESSION_FILE_PATH: folder,
      ...django,
    });
    await onDjango.manage('migrate');
    const onNest = await Nest.start({
      ...djangoInterop({ version: '3.2', ...interop }),
      engine,
      secret: SECRET,
      filePath: folder,
      dataSource,
      pruneInterval: false,
      ...nest,
    });
    return new Peers(onDjango, onNest, dataSource, folder);
  }

  /** One of the two by its name. */
  get sides(): Record<'Django' | 'Nest', Django | Nest> {
    return { Django: this.django, Nest: this.nest };
  }

  async travel(seconds: number): Promise<void> {
    this.nest.travel(seconds);
    await this.django.travel(seconds);
  }

  async stop(): Promise<void> {
    await this.nest.stop();
    await this.django.stop();
    await this.dataSource.destroy();
    await rm(this.folder, { recursive: true });
  }
}

/** The database of a DataSource as it stands in DATABASES. */
export function djangoDatabase({ options }: DataSource): Record<string, unknown> {
  if (options.type === 'better-sqlite3') {
    return { ENGINE: 'django.db.backends.sqlite3', NAME: options.database, OPTIONS: { timeout: 20 } };
  }
  const { url } = options as { url: string };
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    ENGINE: `django.db.backends.${options.type === 'postgres' ? 'postgresql' : 'mysql'}`,
    NAME: pathname.slice(1),
    HOST: hostname,
    PORT: port,
    USER: decodeURIComponent(username),
    PASSWORD: decodeURIComponent(password),
  };
}
