import { Injectable, Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { SessionModule } from 'nest-sessions';
import { SqliteEngine } from './sqlite.engine.js';

const secret = process.env.SECRET_KEY!;
const SESSION_STORE = Symbol('SESSION_STORE');

@Injectable()
class ConfiguredEngine extends SqliteEngine {
  constructor(config: ConfigService) {
    super(config.getOrThrow('SESSION_FILE'));
  }
}

@Module({ providers: [{ provide: SESSION_STORE, useClass: ConfiguredEngine }], exports: [SESSION_STORE] })
class StoreModule {}

export const ways = [
  // #region ways
  SessionModule.forRoot({ secret, engine: new SqliteEngine('sessions.db') }), // an instance
  SessionModule.forRoot({ secret, engine: ConfiguredEngine }), // a class: Nest makes it and injects what it asks for
  SessionModule.forRootAsync({ imports: [StoreModule], useFactory: () => ({ secret, engine: SESSION_STORE }) }), // a token
  // #endregion
];
