import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule } from 'nest-sessions';
import { BankController } from './bank.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'bank.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    // #region host
    SessionModule.forRoot({
      secret: process.env.SECRET_KEY!,
      cookieName: '__Host-sessionid',
      cookieSecure: true, // browsers demand it of such a name, and neither a domain nor a path but "/"
    }),
    // #endregion
  ],
  controllers: [BankController],
})
export class AppModule {}
