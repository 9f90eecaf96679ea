import KeyvRedis, { createSentinel } from '@keyv/redis';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

// #region sentinel
const sentinel = createSentinel({
  name: 'sessions',
  sentinelRootNodes: process.env.REDIS_SENTINELS!.split(',').map((address) => {
    const [host = '', port] = address.split(':');
    return { host, port: Number(port) };
  }),
});
const cache = new Keyv({ store: new KeyvRedis(sentinel) });
// #endregion

@Module({
  imports: [SessionModule.forRoot({ engine: 'cache', cache, secret: process.env.SECRET_KEY! })],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return cache.disconnect();
  }
}
