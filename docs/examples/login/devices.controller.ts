import { Controller, Delete, Get, HttpCode, NotFoundException, Param, UseGuards } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import { CurrentUser, SignedInGuard } from './signed-in.guard.js';
import type { User } from './user.entity.js';

// #region devices
@Controller('devices')
@UseGuards(SignedInGuard)
export class DevicesController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  list(@CurrentUser() user: User, @Session() session: Session) {
    return this.sessions.listByUser(user.id, { current: session });
  }

  @Delete(':handle')
  @HttpCode(204)
  async revoke(@CurrentUser() user: User, @Param('handle') handle: string) {
    const own = await this.sessions.listByUser(user.id);
    if (!own.some((device) => device.handle === handle)) throw new NotFoundException();
    await this.sessions.revoke(handle);
  }

  @Delete()
  async revokeOthers(@CurrentUser() user: User, @Session() session: Session) {
    return { ended: await this.sessions.revokeByUser(user.id, { except: session }) };
  }
}
// #endregion
