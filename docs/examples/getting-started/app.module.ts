import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule } from 'nest-sessions';
import { CounterController } from './counter.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'shop.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    SessionModule.forRoot({ secret: process.env.SECRET_KEY! }),
  ],
  controllers: [CounterController],
})
export class AppModule {}
