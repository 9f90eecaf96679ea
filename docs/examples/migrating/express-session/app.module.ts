import KeyvRedis from '@keyv/redis';
import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Keyv } from 'keyv';
import { importExpressSession, SessionModule } from 'nest-sessions';
import { client, oldOptions } from './old-options.js';
import { ShopController } from '../shop.controller.js';

const cache = new Keyv({ store: new KeyvRedis(process.env.REDIS_URL) });

@Module({
  imports: [
    SessionModule.forRoot({
      engine: 'cache',
      cache,
      secret: process.env.SECRET_KEY!,
      cookieAge: 7 * 24 * 60 * 60, // seconds
      importFrom: importExpressSession(oldOptions),
    }),
  ],
  controllers: [ShopController],
})
export class AppModule implements OnModuleInit, OnApplicationShutdown {
  onModuleInit() {
    // Not awaited: it goes on trying, and the application starts also while the old store is down.
    client.connect().catch(() => undefined);
  }

  async onApplicationShutdown() {
    client.destroy();
    await cache.disconnect();
  }
}
