import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule } from 'nest-sessions';
import { AccountSession } from './account-session.entity.js';

@Module({
  imports: [
    // #region data-sources
    TypeOrmModule.forRoot({
      name: 'sessions',
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'sessions.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    SessionModule.forRoot({
      dataSource: 'sessions',
      entity: AccountSession,
      secret: process.env.SECRET_KEY!,
    }),
    // #endregion
  ],
})
export class SessionsModule {}
