import { Body, Controller, Get, HttpCode, Patch, Post, UnauthorizedException, UseGuards } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import { CurrentUser, SignedInGuard } from './signed-in.guard.js';
import { Text } from './text.decorator.js';
import type { User } from './user.entity.js';
import { UsersService } from './users.service.js';

const DAY = 24 * 60 * 60;

@Controller()
export class AuthController {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionService,
  ) {}

  @Post('register')
  async register(@Session() session: Session, @Text('name') name: string, @Text('password') password: string) {
    await this.#logIn(session, await this.users.add(name, password), false);
    return { name };
  }

  // #region log-in
  @Post('login')
  @HttpCode(200)
  async logIn(
    @Session() session: Session,
    @Text('name') name: string,
    @Text('password') password: string,
    @Body('remember') remember: unknown,
  ) {
    const user = await this.users.check(name, password);
    if (!user) throw new UnauthorizedException('The name or the password is wrong.');
    await this.#logIn(session, user, remember === true);
    return { name: user.name };
  }

  async #logIn(session: Session, user: User, remember: boolean): Promise<void> {
    const before = session.get('userId');
    // Somebody else was logged in here: their data is not for this user. Else what the visitor has in the cart stays.
    if (before !== undefined && before !== user.id) await session.flush();
    // A key that was known before the login, to whomever, is worth nothing afterwards.
    else await session.cycleKey();
    session.set('userId', user.id);
    // 30 days from each change of the session on, or until the browser is closed.
    session.setExpiry(remember ? 30 * DAY : 0);
  }
  // #endregion

  // #region log-out
  @Post('logout')
  @HttpCode(204)
  async logOut(@Session() session: Session) {
    await session.flush();
  }
  // #endregion

  @Get('me')
  @UseGuards(SignedInGuard)
  me(@CurrentUser() user: User) {
    return { name: user.name };
  }

  // #region password
  @Patch('password')
  @HttpCode(204)
  @UseGuards(SignedInGuard)
  async changePassword(
    @CurrentUser() user: User,
    @Session() session: Session,
    @Text('old') old: string,
    @Text('new') password: string,
  ) {
    if (!(await this.users.check(user.name, old))) throw new UnauthorizedException('The old password is wrong.');
    await this.users.setPassword(user, password);
    await session.cycleKey();
    await this.sessions.revokeByUser(user.id, { except: session });
  }
  // #endregion
}
