import { TypeOrmModule } from '@nestjs/typeorm';
import type { BaseSession } from './base-session.js';
import { SessionEntity } from './session.entity.js';

/** Adds the entity to those that `autoLoadEntities` gives to a DataSource that is made from now on. */
export function registerSessionEntity(entity: new () => BaseSession = SessionEntity, dataSourceName?: string): void {
  TypeOrmModule.forFeature([entity], dataSourceName);
}
