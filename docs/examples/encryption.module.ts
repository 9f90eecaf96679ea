import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { encrypted, SessionModule } from 'nest-sessions';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      driver: libsql,
      database: process.env.DATABASE_FILE ?? 'shop.sqlite',
      autoLoadEntities: true,
      synchronize: true,
    }),
    // #region encrypted
    SessionModule.forRoot({
      secret: process.env.SECRET_KEY!,
      serializer: encrypted({ secret: process.env.SESSION_ENCRYPTION_KEY! }),
    }),
    // #endregion
  ],
})
export class AppModule {}
