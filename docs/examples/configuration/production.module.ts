import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nest-sessions';

@Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url: process.env.DATABASE_URL, autoLoadEntities: true }),
    // #region production
    SessionModule.forRoot({
      secret: process.env.SECRET_KEY!,
      cookieName: '__Host-sessionid',
      cookieSecure: true,
      absoluteAge: 30 * 24 * 60 * 60,
    }),
    // #endregion
  ],
})
export class AppModule {}
