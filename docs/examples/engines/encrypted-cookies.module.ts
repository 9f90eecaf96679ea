import { Module } from '@nestjs/common';
import { SessionModule } from 'nest-sessions';

@Module({
  imports: [SessionModule.forRoot({ engine: 'encrypted_cookies', secret: process.env.SECRET_KEY! })],
})
export class SessionsModule {}
