import KeyvRedis from '@keyv/redis';
import { type DynamicModule, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import type { Configuration } from '../configuration/configuration.js';

/** The Keyv for the engines with a cache, when it is to be Redis. */
export function redisCache({ engine, redisUrl }: Configuration): Keyv | undefined {
  if (!redisUrl || (engine !== 'cache' && engine !== 'cached_db')) return undefined;
  const rootNodes = redisUrl.split(',').map((url) => ({ url }));
  return new Keyv({ store: new KeyvRedis(rootNodes.length > 1 ? { rootNodes } : redisUrl) });
}

/** Takes leave of Redis when the application stops: the library leaves that to who has made the Keyv. */
@Module({})
export class RedisModule implements OnApplicationShutdown {
  static forRoot(cache: Keyv): DynamicModule {
    return { module: RedisModule, providers: [{ provide: Keyv, useValue: cache }] };
  }

  constructor(private readonly cache: Keyv) {}

  onApplicationShutdown(): Promise<void> {
    return this.cache.disconnect();
  }
}
