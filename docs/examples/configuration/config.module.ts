import { Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { SessionModule } from 'nest-sessions';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    // #region config
    SessionModule.forRootAsync({
      entity: false, // because this engine is no database; leave it out for 'db' and 'cached_db'
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        engine: 'encrypted_cookies',
        secret: config.getOrThrow<string>('SECRET_KEY'),
        secretFallbacks: config.get<string>('OLD_SECRET_KEYS', '').split(',').filter(Boolean),
      }),
    }),
    // #endregion
  ],
})
export class AppModule {}
