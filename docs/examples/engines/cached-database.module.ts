import KeyvRedis from '@keyv/redis';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

const cache = new Keyv({ store: new KeyvRedis(process.env.REDIS_URL) });

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      autoLoadEntities: true,
      synchronize: true,
    }),
    SessionModule.forRoot({ engine: 'cached_db', cache, secret: process.env.SECRET_KEY! }),
  ],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return cache.disconnect();
  }
}
