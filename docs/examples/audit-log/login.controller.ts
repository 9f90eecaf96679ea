import { Controller, HttpCode, Ip, Post, UnauthorizedException } from '@nestjs/common';
import { Session } from 'nest-sessions';
import { Text } from '../login/text.decorator.js';
import { UsersService } from '../login/users.service.js';
import { AuditLog } from './audit-log.js';

@Controller()
export class LoginController {
  constructor(
    private readonly users: UsersService,
    private readonly audit: AuditLog,
  ) {}

  // #region log-in
  @Post('login')
  @HttpCode(204)
  async logIn(
    @Session() session: Session,
    @Ip() ipAddress: string,
    @Text('name') name: string,
    @Text('password') password: string,
  ) {
    const user = await this.users.check(name, password);
    if (!user) {
      // Without the name: now and then somebody types a password there.
      void this.audit.add({ type: 'login failed', ipAddress });
      throw new UnauthorizedException('The name or the password is wrong.');
    }
    session.set('userId', user.id); // before the new key, so that the event "rotated" says whose session it is now
    await session.cycleKey();
  }
  // #endregion

  @Post('logout')
  @HttpCode(204)
  async logOut(@Session() session: Session) {
    await session.flush();
  }
}
