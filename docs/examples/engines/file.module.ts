import { Module } from '@nestjs/common';
import { SessionModule } from 'nest-sessions';

@Module({
  imports: [
    SessionModule.forRoot({
      engine: 'file',
      filePath: process.env.SESSION_FOLDER ?? '/var/lib/shop/sessions',
      secret: process.env.SECRET_KEY!,
    }),
  ],
})
export class SessionsModule {}
