import { ConfigService } from '@nestjs/config';
import { djangoInterop, SessionModule } from 'nest-sessions';
import { DjangoSessionEntity } from 'nest-sessions/typeorm';

export const ways = [
  // #region set-up
  SessionModule.forRoot({
    ...djangoInterop({ version: '4.2', useTz: true }),
    engine: 'db',
    secret: process.env.SECRET_KEY!,
  }),
  // #endregion
  // #region async
  SessionModule.forRootAsync({
    entity: DjangoSessionEntity,
    inject: [ConfigService],
    useFactory: (config: ConfigService) => ({
      ...djangoInterop({ version: '4.2' }),
      secret: config.getOrThrow('SECRET_KEY'),
    }),
  }),
  // #endregion
];
