import { type DynamicModule, Module } from '@nestjs/common';
import { SessionOptionsError } from '../errors/index.js';
import type { SessionModuleAsyncExtras, SessionModuleOptions } from './session-options.js';

@Module({})
class EntityRegistration {}

/**
 * Tells `@nestjs/typeorm` of the session entity before it makes its DataSource, so that `autoLoadEntities` finds it. Nest
 * awaits the promise while it collects the modules.
 *
 * @returns undefined where no database engine can be meant
 */
export function entityRegistration(
  options: Pick<SessionModuleOptions, 'engine' | 'dataSource' | 'interop'> & Pick<SessionModuleAsyncExtras, 'entity'>,
  { optional = false } = {},
): Promise<DynamicModule> | undefined {
  const { engine = 'db', entity, dataSource, interop } = options;
  const isNamed = dataSource === undefined || typeof dataSource === 'string';
  const needsTable = engine === 'db' || engine === 'cached_db';
  if (!needsTable || entity === false || !isNamed) return undefined;
  return register({ entity, dataSource, hasPeer: interop !== undefined }, optional);
}

async function register(registration: object, optional: boolean): Promise<DynamicModule> {
  try {
    const { registerSessionEntity } = await import('../engines/database/register-session-entity.js');
    registerSessionEntity(registration);
  } catch (error) {
    if (!optional) {
      throw new SessionOptionsError(
        `The engine 'db' needs TypeORM: npm install typeorm @nestjs/typeorm (${(error as Error).message})`,
      );
    }
  }
  return { module: EntityRegistration };
}
