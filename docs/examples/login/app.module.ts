import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule } from 'nest-sessions';
import { AuthController } from './auth.controller.js';
import { DevicesController } from './devices.controller.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

const DAY = 24 * 60 * 60;

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'login.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    TypeOrmModule.forFeature([User]),
    SessionModule.forRoot({
      secret: process.env.SECRET_KEY!,
      userKey: 'userId', // the entry of a session that says whose it is
      cookieAge: 7 * DAY, // of a session that nobody asked to be remembered
      absoluteAge: 90 * DAY, // then everyone logs in again, remembered or not
    }),
  ],
  controllers: [AuthController, DevicesController],
  providers: [UsersService],
})
export class AppModule {}
