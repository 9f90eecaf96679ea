import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule } from 'nest-sessions';
import { User } from '../login/user.entity.js';
import { UsersService } from '../login/users.service.js';
import { AuditEntry } from './audit-entry.entity.js';
import { AuditLog } from './audit-log.js';
import { LoginController } from './login.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'audit.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    TypeOrmModule.forFeature([User, AuditEntry]),
    SessionModule.forRoot({ secret: process.env.SECRET_KEY!, userKey: 'userId' }),
  ],
  controllers: [LoginController],
  providers: [UsersService, AuditLog],
})
export class AppModule {}
