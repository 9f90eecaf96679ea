import { Controller, Delete, Get, HttpCode, NotFoundException, Param, UseGuards } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import { SignedInGuard } from './signed-in.guard.js';

// #region devices
@Controller('devices')
@UseGuards(SignedInGuard)
export class DevicesController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  list(@Session() session: Session) {
    return this.sessions.listByUser(session.get('userId'), { current: session });
  }

  @Delete(':handle')
  @HttpCode(204)
  async revoke(@Session() session: Session, @Param('handle') handle: string) {
    const own = await this.sessions.listByUser(session.get('userId'));
    if (!own.some((device) => device.handle === handle)) throw new NotFoundException();
    await this.sessions.revoke(handle);
  }

  @Delete()
  async revokeOthers(@Session() session: Session) {
    return { ended: await this.sessions.revokeByUser(session.get('userId'), { except: session }) };
  }
}
// #endregion
