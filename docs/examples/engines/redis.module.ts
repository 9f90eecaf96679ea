import KeyvRedis from '@keyv/redis';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

const cache = new Keyv({ store: new KeyvRedis(process.env.REDIS_URL) });

@Module({
  imports: [SessionModule.forRoot({ engine: 'cache', cache, secret: process.env.SECRET_KEY! })],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return cache.disconnect();
  }
}
