import KeyvValkey from '@keyv/valkey';
import { Module, type OnApplicationShutdown } from '@nestjs/common';
import { Keyv } from 'keyv';
import { SessionModule } from 'nest-sessions';

// #region valkey
const cache = new Keyv({ store: new KeyvValkey(process.env.VALKEY_URL!) });
// #endregion

@Module({
  imports: [SessionModule.forRoot({ engine: 'cache', cache, secret: process.env.SECRET_KEY! })],
})
export class SessionsModule implements OnApplicationShutdown {
  onApplicationShutdown() {
    return cache.disconnect();
  }
}
