import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SessionModule } from 'nest-sessions';
import { AccountModule } from './account/account.module.js';
import { ApiModule } from './api/api.module.js';
import { RefusalFilter } from './api/refusal.filter.js';
import { CartModule } from './cart/cart.module.js';
import { CatalogueModule } from './catalogue/catalogue.module.js';
import { ConfigurationModule } from './configuration/configuration.module.js';
import type { Configuration } from './configuration/configuration.js';
import { databaseOptions, needsDatabase } from './configuration/database-options.js';
import { DevicesModule } from './devices/devices.module.js';
import { NotFoundModule } from './page/not-found.module.js';
import { PageModule } from './page/page.module.js';
import { redisCache, RedisModule } from './session/redis.module.js';
import { sessionOptions } from './session/session-options.js';
import { ThemeModule } from './theme/theme.module.js';

/** The whole application. In one of your own, which has one engine, this is a plain class with a list of imports. */
@Module({})
export class ShopModule {
  static forRoot(configuration: Configuration): DynamicModule {
    const cache = redisCache(configuration);
    return {
      module: ShopModule,
      imports: [
        ConfigurationModule.forRoot(configuration),
        ...(needsDatabase(configuration) ? [TypeOrmModule.forRoot(databaseOptions(configuration))] : []),
        ...(cache ? [RedisModule.forRoot(cache)] : []),
        SessionModule.forRoot(sessionOptions(configuration, cache)),
        PageModule,
        CatalogueModule,
        CartModule,
        AccountModule,
        DevicesModule,
        ThemeModule,
        ApiModule,
        // The last one, because it answers whatever the others do not.
        NotFoundModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: RefusalFilter }],
    };
  }
}
