import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import type { Shape } from './contents.js';
import type { Adapter, Store } from './catalogue.js';

/** Where a subject keeps its sessions, and what it signs them with. */
export interface Places {
  readonly redisUrl: string;
  /** Begins every key in Redis, so that they can be removed and nothing else is. */
  readonly redisPrefix: string;
  /** Of PostgreSQL, or of what else the subject takes. */
  readonly databaseUrl: string;
  readonly sqlitePath: string;
  readonly folder: string;
  readonly secret: string;
}

/** What a server process is told when it starts. */
export interface Assignment {
  readonly id: string;
  readonly store: Store;
  readonly adapter: Adapter;
  readonly places: Places;
  readonly shape: Shape;
  /** Whether its calls of files and of SQLite are to be counted, which takes time. */
  readonly isCounted: boolean;
}

/** An application of one controller, before it is created. */
export interface Assembly {
  readonly metadata: ModuleMetadata;
  configure?(app: INestApplication): unknown;
}

export type Assemble = (assignment: Assignment) => Assembly | Promise<Assembly>;

/** Seconds that a session lasts, in every subject. */
export const SESSION_AGE = 14 * 24 * 60 * 60;
