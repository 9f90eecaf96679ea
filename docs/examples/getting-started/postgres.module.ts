import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nest-sessions';
import { CreateSessionTable1700000000000 } from 'nest-sessions/typeorm';
import { CounterController } from './counter.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      autoLoadEntities: true,
      migrations: [CreateSessionTable1700000000000],
      migrationsRun: true,
    }),
    SessionModule.forRoot({ secret: process.env.SECRET_KEY! }),
  ],
  controllers: [CounterController],
})
export class AppModule {}
