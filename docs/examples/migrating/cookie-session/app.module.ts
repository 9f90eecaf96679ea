import { Module } from '@nestjs/common';
import { importCookieSession, SessionModule } from 'nest-sessions';
import { ShopController } from '../shop.controller.js';

@Module({
  imports: [
    // #region module
    SessionModule.forRoot({
      engine: 'signed_cookies',
      secret: process.env.SECRET_KEY!,
      cookieAge: 7 * 24 * 60 * 60, // seconds
      importFrom: importCookieSession({
        keys: [process.env.OLD_COOKIE_KEY!],
        until: new Date(process.env.OLD_COOKIES_UNTIL!), // the day of the change and maxAge
      }),
    }),
    // #endregion
  ],
  controllers: [ShopController],
})
export class AppModule {}
