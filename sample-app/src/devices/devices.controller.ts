import { Get, NotFoundException, Post, Redirect, UseGuards } from '@nestjs/common';
import {
  Cookies,
  Session,
  SessionOptionsError,
  SessionService,
  UnsupportedByEngineError,
  type UserSession,
} from 'nest-sessions';
import { SignedInGuard } from '../account/signed-in.guard.js';
import { Field } from '../page/field.decorator.js';
import { Pages } from '../page/pages.js';
import { SendsPage } from '../page/sends-page.decorator.js';
import { ShopController } from '../page/shop-controller.decorator.js';
import type { ShopSession } from '../session/shop-session.js';
import { type Theme, ThemePipe } from '../theme/theme.js';
import { devicesView } from './devices.view.js';

/** "Your devices": the sessions of the account that is signed in, and how to end them. */
@ShopController('devices')
@UseGuards(SignedInGuard)
export class DevicesController {
  constructor(
    private readonly pages: Pages,
    private readonly sessions: SessionService,
  ) {}

  @Get()
  @SendsPage()
  async show(@Session() session: Session<ShopSession>, @Cookies('theme', ThemePipe) theme: Theme) {
    const main = devicesView(await this.#devicesOf(session));
    return this.pages.render(session, theme, { path: '/devices', title: 'Your devices', main });
  }

  @Post('revoke')
  @Redirect('/devices', 303)
  async revoke(@Session() session: Session<ShopSession>, @Field('handle') handle: string) {
    const devices = await this.#devicesOf(session);
    // A handle names anybody's session. Only those of one's own may be ended.
    const device = devices instanceof Error ? undefined : devices.find((own) => own.handle === handle);
    if (!device) throw new NotFoundException('That device is signed out already.');
    if (device.current) await session.flush();
    else await this.sessions.revoke(handle);
    session.flash('notice', 'That device is signed out.');
  }

  @Post('revoke-others')
  @Redirect('/devices', 303)
  async revokeOthers(@Session() session: Session<ShopSession>, @Session('userId') userId: string) {
    const count = await this.sessions.revokeByUser(userId, { except: session });
    session.flash('notice', count === 1 ? 'One other device is signed out.' : `${count} other devices are signed out.`);
  }

  /** Or why there is no list: cookies are known to browsers only, and a table that Django has made names no users. */
  async #devicesOf(session: Session<ShopSession>): Promise<UserSession[] | Error> {
    try {
      return await this.sessions.listByUser(session.get('userId')!, { current: session });
    } catch (error) {
      if (error instanceof UnsupportedByEngineError || error instanceof SessionOptionsError) return error;
      throw error;
    }
  }
}
