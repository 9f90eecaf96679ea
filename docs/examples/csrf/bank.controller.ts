import { Body, Controller, Get, Header, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { Session } from 'nest-sessions';

@Controller()
export class BankController {
  @Get()
  @Header('Content-Type', 'text/html')
  page(@Session() session: Session) {
    const log = '<form method="post" action="/login"><input name="name"><button>Log in</button></form>';
    const transfer = '<form method="post" action="/transfer"><button>Transfer</button></form>';
    return session.has('user') ? transfer : log;
  }

  @Post('login')
  async logIn(@Session() session: Session, @Body('name') name: string) {
    session.set('user', name);
    await session.cycleKey();
    return { user: name };
  }

  @Post('transfer')
  transfer(@Session() session: Session) {
    if (!session.has('user')) throw new UnauthorizedException();
    return { transfers: session.compute('transfers', (count = 0) => count + 1) };
  }

  @Get('account')
  account(@Session() session: Session) {
    return session;
  }

  /** Called by another server, which proves itself by a signature. */
  @Post('webhooks/payment')
  @HttpCode(204)
  payment() {}
}
