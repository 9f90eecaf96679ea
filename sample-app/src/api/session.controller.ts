import { BadRequestException, Body, Controller, Delete, Get, NotFoundException, Param, Put } from '@nestjs/common';
import { Session } from 'nest-sessions';
import { assertVisitorsOwn, withoutNotes } from './kept-entries.js';

@Controller('session')
export class SessionController {
  @Get()
  show(@Session() session: Session) {
    return {
      data: withoutNotes(session.toJSON()),
      expiryAge: session.getExpiryAge(),
      expireAtBrowserClose: session.getExpireAtBrowserClose(),
    };
  }

  @Delete()
  async clear(@Session() session: Session) {
    await session.flush();
    return 'Session data cleared';
  }

  /** Above `:key`, which would match it too. */
  @Put('expiry')
  setExpiry(@Session() session: Session, @Body('seconds') seconds: unknown) {
    if (typeof seconds !== 'number') {
      throw new BadRequestException('Send { "seconds": n }: a number, 0 for as long as the browser is open.');
    }
    session.setExpiry(seconds);
    return 'Session expiry set';
  }

  @Put(':key')
  set(@Session() session: Session, @Param('key') key: string, @Body('value') value: unknown) {
    assertVisitorsOwn(key);
    session.set(key, value);
    return 'Session data set';
  }

  @Get(':key')
  get(@Session() session: Session, @Param('key') key: string) {
    if (!session.has(key)) throw new NotFoundException('Session data not found');
    return { key, value: session.get(key) };
  }

  @Delete(':key')
  delete(@Session() session: Session, @Param('key') key: string) {
    assertVisitorsOwn(key);
    session.delete(key);
    return 'Session key deleted';
  }
}
