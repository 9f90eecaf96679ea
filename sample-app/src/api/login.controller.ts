import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { Session } from 'nest-sessions';
import type { VisitorSession } from './visitor-session.js';
import { logIn } from './log-in.js';
import { NamedVisitorGuard } from './named-visitor.guard.js';

@Controller()
export class LoginController {
  @Post('login')
  async login(@Session() session: Session<VisitorSession>, @Body('user') user: unknown) {
    return { user: await logIn(session, user) };
  }

  @Post('logout')
  async logout(@Session() session: Session<VisitorSession>) {
    await session.flush();
    return 'Signed out';
  }

  @Get('me')
  @UseGuards(NamedVisitorGuard)
  me(@Session('user') user: string) {
    return { user };
  }
}
