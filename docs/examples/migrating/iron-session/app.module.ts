import { Module } from '@nestjs/common';
import { importIronSession, SessionModule } from 'nest-sessions';
import { ShopController } from '../shop.controller.js';
import { oldOptions } from './old-options.js';

@Module({
  imports: [
    // #region module
    SessionModule.forRoot({
      engine: 'encrypted_cookies',
      secret: process.env.SECRET_KEY!,
      importFrom: importIronSession({
        ...oldOptions,
        until: new Date(process.env.OLD_COOKIES_UNTIL!), // the day of the change and ttl
      }),
    }),
    // #endregion
  ],
  controllers: [ShopController],
})
export class AppModule {}
