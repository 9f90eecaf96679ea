import { Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import { fromExpressStore, SessionModule } from 'nest-sessions';
import { createClient } from 'redis';

const client = createClient({ url: process.env.REDIS_URL });
// Without a listener an error of the connection would end the process.
client.on('error', (error) => console.error(error));

@Module({
  imports: [
    SessionModule.forRoot({
      engine: fromExpressStore(new RedisStore({ client })),
      secret: process.env.SECRET_KEY!,
    }),
  ],
})
export class SessionsModule implements OnModuleInit, OnApplicationShutdown {
  onModuleInit() {
    // Not awaited: it goes on trying, and the application starts also while the store is down.
    client.connect().catch(() => undefined);
  }

  onApplicationShutdown() {
    return client.close();
  }
}
