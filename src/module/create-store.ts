import type { InjectionToken } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import type { EngineLifecycle, SessionEngine } from '../engines/session-engine.js';
import { SessionOptionsError } from '../errors/index.js';
import type { Clock } from '../session/clock.js';
import { createCodec, createExpiry, wallClockOfPeer } from './create-codec.js';
import { findProvider } from './find-provider.js';
import type { DataSourceLike, ResolvedOptions, StoreName } from './session-options.js';
import { showToken } from './show-token.js';

/** What it takes to make a store of the package. */
interface Surroundings {
  readonly options: ResolvedOptions;
  readonly modules: ModuleRef;
  readonly clock: Clock;
  readonly warn: (message: string) => void;
}

/** Each imports what it needs when it is called, so an application installs only what it uses. */
const STORES: Record<StoreName, (surroundings: Surroundings) => Promise<SessionEngine & EngineLifecycle>> = {
  db: createDatabase,

  async cache({ options, modules, clock, warn }) {
    const { createCacheEngine } = await import('../engines/cache/index.js');
    return createCacheEngine(await findCache(options, modules), { clock, warn });
  },

  async cached_db(surroundings) {
    const { options, modules, clock, warn } = surroundings;
    const { CachedDatabaseEngine } = await import('../engines/cached-database/index.js');
    const { createSessionCache } = await import('../engines/cache/index.js');
    const cache = createSessionCache(await findCache(options, modules), { clock, warn });
    return new CachedDatabaseEngine(await createDatabase(surroundings), cache, { clock, warn });
  },

  async file({ options, clock, warn }) {
    const { FileEngine } = await import('../engines/file/file.engine.js');
    const { filePath, cookieName, cookieAge, interop } = options;
    const expiry = interop && expiryOfFiles(options, clock);
    return new FileEngine({ folder: filePath, prefix: cookieName, cookieAge, expiry, clock, warn });
  },
};

export function isStoreName(engine: unknown): engine is StoreName {
  return typeof engine === 'string' && Object.hasOwn(STORES, engine);
}

/** @throws SessionOptionsError when what the store needs is not there */
export function createStore(name: StoreName, surroundings: Surroundings): Promise<SessionEngine & EngineLifecycle> {
  return STORES[name](surroundings);
}

async function createDatabase({ options, modules, clock }: Surroundings): Promise<SessionEngine & EngineLifecycle> {
  const { engine, dataSource, interop } = options;
  const { DatabaseEngine, DjangoSessionEntity, SessionEntity, dataSourceToken } =
    await import('../engines/database/index.js').catch((error: unknown) => {
      throw new SessionOptionsError(
        `The engine '${String(engine)}' needs TypeORM: npm install typeorm @nestjs/typeorm (${(error as Error).message})`,
      );
    });
  const found = isDataSource(dataSource) ? dataSource : await findProvider(modules, dataSourceToken(dataSource));
  if (!isDataSource(found)) {
    throw new SessionOptionsError(
      `The engine '${String(engine)}' found no TypeORM DataSource${dataSource === undefined ? '' : ` ${JSON.stringify(showToken(dataSource))}`}. ` +
        'Import TypeOrmModule.forRoot({ ... }) in the root module, or set the option "dataSource".',
    );
  }
  const entity = options.entity ?? (interop ? DjangoSessionEntity : SessionEntity);
  return new DatabaseEngine(found as never, entity as never, { clock, wallClock: wallClockOfPeer(options) });
}

/** Django has no other place for when a session in a file ends than the session itself. */
function expiryOfFiles(options: ResolvedOptions, clock: Clock): (data: string, savedAt: Date) => Date {
  const codec = createCodec(options, clock);
  const expiry = createExpiry(options, clock);
  const valuesOf = (data: string): ReadonlyMap<string, unknown> => {
    try {
      return codec.decode(data).values;
    } catch {
      return new Map();
    }
  };
  return (data, savedAt) => expiry.date(valuesOf(data), savedAt.getTime());
}

/** The option itself, or what it is the token of. */
async function findCache({ cache }: ResolvedOptions, modules: ModuleRef): Promise<never> {
  if (cache === undefined || (typeof cache === 'object' && cache !== null)) return cache as never;
  const found = await findProvider(modules, cache as InjectionToken);
  if (found) return found as never;
  throw new SessionOptionsError(
    `The option "cache" of SessionModule is the token ${showToken(cache)}, for which there is no provider here. Make the module ` +
      'that provides it global, e.g. CacheModule.register({ isGlobal: true }), or import it into forRootAsync({ imports }).',
  );
}

function isDataSource(value: unknown): value is DataSourceLike {
  return typeof value === 'object' && value !== null && 'isInitialized' in value && 'options' in value;
}
