import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nest-sessions';
import { AuthModule } from './auth/auth.module.js';
import { ConfigurationModule } from './configuration/configuration.module.js';
import type { Configuration } from './configuration/configuration.js';
import { databaseOptions, needsDatabase } from './configuration/database-options.js';
import { CookiesModule } from './cookies/cookies.module.js';
import { PageModule } from './page/page.module.js';
import { RefusalFilter } from './refusals/refusal.filter.js';
import { redisCache, RedisModule } from './session/redis.module.js';
import { SessionDataModule } from './session/session-data.module.js';
import { sessionOptions } from './session/session-options.js';

@Module({})
export class AppModule {
  static forRoot(configuration: Configuration): DynamicModule {
    const cache = redisCache(configuration);
    return {
      module: AppModule,
      imports: [
        ConfigurationModule.forRoot(configuration),
        ...(needsDatabase(configuration) ? [TypeOrmModule.forRoot(databaseOptions(configuration))] : []),
        ...(cache ? [RedisModule.forRoot(cache)] : []),
        SessionModule.forRoot(sessionOptions(configuration, cache)),
        CookiesModule,
        SessionDataModule,
        AuthModule,
        PageModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: RefusalFilter }],
    };
  }
}
