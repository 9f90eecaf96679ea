import KeyvRedis from '@keyv/redis';
import { Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

const SESSION_CACHE = Symbol('SESSION_CACHE');

/** Makes the Keyv once the configuration is read, and closes its connection at the end. */
@Module({
  providers: [
    {
      provide: SESSION_CACHE,
      inject: [ConfigService],
      useFactory: (config: ConfigService) =>
        new Keyv({ store: new KeyvRedis(config.getOrThrow<string>('REDIS_URL')), namespace: 'shop' }),
    },
  ],
  exports: [SESSION_CACHE],
})
class SessionCacheModule implements OnApplicationShutdown {
  constructor(@Inject(SESSION_CACHE) private readonly cache: Keyv) {}

  onApplicationShutdown() {
    return this.cache.disconnect();
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    SessionModule.forRootAsync({
      entity: false, // no database here
      imports: [SessionCacheModule],
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        engine: 'cache',
        cache: SESSION_CACHE,
        secret: config.getOrThrow<string>('SECRET_KEY'),
        cookieAge: Number(config.get('SESSION_COOKIE_AGE', 1209600)), // what comes from the environment is a text
      }),
    }),
  ],
})
export class SessionsModule {}
