import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import { fromExpressStore, SessionModule } from 'nest-sessions';
import { createClient } from 'redis';

const client = createClient({ url: process.env.REDIS_URL });

@Module({
  imports: [
    SessionModule.forRootAsync({
      async useFactory() {
        await client.connect();
        return { engine: fromExpressStore(new RedisStore({ client })), secret: process.env.SECRET_KEY! };
      },
    }),
  ],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return client.close();
  }
}
