import { TypeOrmModule } from '@nestjs/typeorm';
import type { BaseSession } from './base-session.js';
import { DjangoSessionEntity } from './django-session.entity.js';
import { SessionEntity } from './session.entity.js';

export interface EntityToRegister {
  readonly entity?: new () => BaseSession;
  /** The name of the DataSource. */
  readonly dataSource?: string;
  /** Whether a Django shares the sessions. */
  readonly hasPeer?: boolean;
}

/** Adds the entity to those that `autoLoadEntities` gives to a DataSource that is made from now on. */
export function registerSessionEntity({ entity, dataSource, hasPeer }: EntityToRegister): void {
  TypeOrmModule.forFeature([entity ?? (hasPeer ? DjangoSessionEntity : SessionEntity)], dataSource);
}
