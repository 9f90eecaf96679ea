import { Body, Get, Post, Query, Redirect } from '@nestjs/common';
import { Cookies, Session } from 'nest-sessions';
import { Field } from '../page/field.decorator.js';
import { OwnPathPipe } from '../page/own-path.pipe.js';
import { Pages } from '../page/pages.js';
import { SendsPage } from '../page/sends-page.decorator.js';
import { ShopController } from '../page/shop-controller.decorator.js';
import type { ShopSession } from '../session/shop-session.js';
import { type Theme, ThemePipe } from '../theme/theme.js';
import { Credentials } from './credentials.js';
import { signIn } from './sign-in.js';
import { signInView } from './sign-in.view.js';

@ShopController()
export class AccountController {
  constructor(
    private readonly pages: Pages,
    private readonly credentials: Credentials,
  ) {}

  @Get('sign-in')
  @SendsPage()
  show(
    @Session() session: Session<ShopSession>,
    @Cookies('theme', ThemePipe) theme: Theme,
    @Query('next', OwnPathPipe) next: string,
  ) {
    return this.pages.render(session, theme, { path: '/sign-in', title: 'Sign in', main: signInView(next) });
  }

  @Post('sign-in')
  @Redirect('/', 303)
  async signIn(
    @Session() session: Session<ShopSession>,
    @Field('user') user: string,
    @Field('password') password: string,
    @Body('next', OwnPathPipe) next: string,
    @Body('remember') remember?: string,
  ) {
    const account = await this.credentials.check(user.trim().toLowerCase(), password);
    if (!account) {
      session.flash('problem', 'This name and password do not belong together.');
      return { url: `/sign-in?next=${encodeURIComponent(next)}` };
    }
    await signIn(session, account, remember !== undefined);
    session.flash('notice', `Welcome, ${account.name}. Your session has a new key.`);
    return { url: next };
  }

  /** Ends the session everywhere at once: another tab is signed out at its next click. */
  @Post('sign-out')
  @Redirect('/', 303)
  async signOut(@Session() session: Session<ShopSession>) {
    await session.flush();
    session.flash('notice', 'You are signed out. The session and its cart are gone.');
  }
}
