import { Controller, Get, Inject, Post, Req, Session } from '@nestjs/common';
import { type Contents, fresh } from '../contents.js';

/** Gives the session of a request a new key and keeps its values, as the documentation of the peer has it. */
export type Regenerate = (request: { session: Contents }) => Promise<unknown>;

export const REGENERATE = Symbol('regenerate');

/** The routes for the peers whose session is `request.session` with a property for each value. */
@Controller()
export class PropertySessionController {
  constructor(@Inject(REGENERATE) private readonly regenerate: Regenerate) {}

  @Get('read')
  read(@Session() session: Contents): object {
    return { count: session.count };
  }

  @Post('write')
  write(@Session() session: Contents): object {
    session.count += 1;
    return { count: session.count };
  }

  @Post('new')
  create(@Session() session: Contents): object {
    Object.assign(session, fresh.contents);
    return { count: 0 };
  }

  @Post('login')
  async login(@Req() request: { session: Contents }): Promise<object> {
    await this.regenerate(request);
    return { count: request.session.count };
  }
}

export function propertySessions(regenerate: Regenerate): {
  controllers: [typeof PropertySessionController];
  providers: [{ provide: symbol; useValue: Regenerate }];
} {
  return { controllers: [PropertySessionController], providers: [{ provide: REGENERATE, useValue: regenerate }] };
}
