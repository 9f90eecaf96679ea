import type { INestApplication } from '@nestjs/common';
import { type Session, SessionEngine, type SessionModuleOptions, SessionService } from 'nest-sessions';
import { createSession, describeSessionEngine, MemoryEngine } from 'nest-sessions/testing';
import {
  BaseSession,
  CreateSessionTable1700000000000,
  DatabaseEngine,
  DjangoSessionEntity,
  SessionEntity,
} from 'nest-sessions/typeorm';
import { Column, DataSource, type DataSourceOptions, Entity, type Repository } from 'typeorm';
import { is } from '../same-type.js';

@Entity('session')
export class AccountSession extends BaseSession {
  @Column({ type: 'integer', nullable: true })
  accountId?: number;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.accountId = Number(values.accountId);
  }
}

export const database: Partial<DataSourceOptions> = {
  entities: [SessionEntity, DjangoSessionEntity, AccountSession],
  migrations: [CreateSessionTable1700000000000],
};

export function options(dataSource: DataSource): SessionModuleOptions[] {
  return [
    { secret: 'x', dataSource, entity: AccountSession },
    { secret: 'x', engine: new DatabaseEngine(dataSource, AccountSession) },
    { secret: 'x', engine: MemoryEngine },
    { secret: 'x', engine: SessionEngine },
  ];
}

export function rows(dataSource: DataSource): Repository<AccountSession> {
  return dataSource.getRepository(AccountSession);
}

describeSessionEngine('MemoryEngine', ({ clock }) => new MemoryEngine({ clock }));

export async function test(app: INestApplication): Promise<Session | undefined> {
  const { key, cookie } = await createSession(app, { userId: 1 });
  is<string>()(key);
  is<string>()(cookie);
  return app.get(SessionService).find(key);
}
