import KeyvRedis from '@keyv/redis';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Module } from '@nestjs/common';
import { SessionModule } from 'nest-sessions';

@Module({
  imports: [
    CacheModule.registerAsync({
      isGlobal: true,
      useFactory: () => ({ stores: [new KeyvRedis(process.env.REDIS_URL)] }),
    }),
    SessionModule.forRoot({ engine: 'cache', cache: CACHE_MANAGER, secret: process.env.SECRET_KEY! }),
  ],
})
export class SessionsModule {}
