import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { Session } from 'nest-sessions';
import type { SampleSession } from '../session/sample-session.js';
import { logIn } from './log-in.js';
import { SignedInGuard } from './signed-in.guard.js';

@Controller()
export class AuthController {
  @Post('login')
  async login(@Session() session: Session<SampleSession>, @Body('user') user: unknown) {
    return { user: await logIn(session, user) };
  }

  @Post('logout')
  async logout(@Session() session: Session<SampleSession>) {
    await session.flush();
    return 'Signed out';
  }

  @Get('me')
  @UseGuards(SignedInGuard)
  me(@Session('user') user: string) {
    return { user };
  }
}
