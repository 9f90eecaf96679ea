import KeyvRedis, { createCluster } from '@keyv/redis';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

// #region cluster
const cluster = createCluster({ rootNodes: process.env.REDIS_NODES!.split(',').map((url) => ({ url })) });
const cache = new Keyv({ store: new KeyvRedis(cluster) });
// #endregion

@Module({
  imports: [SessionModule.forRoot({ engine: 'cache', cache, secret: process.env.SECRET_KEY! })],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return cache.disconnect();
  }
}
