import { Body, Controller, Post, Redirect } from '@nestjs/common';
import { Cookies, Session } from 'nest-sessions';
import { logIn } from '../auth/log-in.js';
import { COOKIE_ATTRIBUTES } from '../cookies/cookie-attributes.js';
import { countUp } from '../session/count-up.js';
import type { SampleSession } from '../session/sample-session.js';
import { Field } from './field.decorator.js';
import { typedNumber, typedValue } from './form-values.js';
import { withNotice } from './notice.js';

/** Does what the forms of the page ask for, and sends the browser back to it, so that a reload repeats nothing. */
@Controller('page')
export class PageActionsController {
  @Post('session/set')
  @Redirect('/#session', 303)
  setValue(
    @Session() session: Session,
    @Cookies() cookies: Cookies,
    @Field('key') key: string,
    @Field('value') value: string,
  ) {
    return withNotice(cookies, 'session', () => {
      session.set(key, typedValue(value));
      return `Stored “${key}”.`;
    });
  }

  @Post('session/delete')
  @Redirect('/#session', 303)
  deleteValue(@Session() session: Session, @Cookies() cookies: Cookies, @Field('key') key: string) {
    return withNotice(cookies, 'session', () =>
      session.delete(key) ? `Deleted “${key}”.` : `“${key}” was gone already.`,
    );
  }

  @Post('session/clear')
  @Redirect('/#session', 303)
  clear(@Session() session: Session, @Cookies() cookies: Cookies) {
    return withNotice(cookies, 'session', async () => {
      await session.flush();
      return 'The session is gone, its key too.';
    });
  }

  @Post('counter/increment')
  @Redirect('/#counter', 303)
  increment(@Session() session: Session<SampleSession>) {
    countUp(session);
  }

  @Post('account/login')
  @Redirect('/#account', 303)
  logIn(@Session() session: Session<SampleSession>, @Cookies() cookies: Cookies, @Field('user') user: string) {
    return withNotice(
      cookies,
      'account',
      async () => `Welcome, ${await logIn(session, user)}. Your session has a new key.`,
    );
  }

  @Post('account/logout')
  @Redirect('/#account', 303)
  logOut(@Session() session: Session, @Cookies() cookies: Cookies) {
    return withNotice(cookies, 'account', async () => {
      await session.flush();
      return 'Signed out. The session and its data are gone.';
    });
  }

  @Post('lifetime/set')
  @Redirect('/#lifetime', 303)
  setExpiry(@Session() session: Session, @Cookies() cookies: Cookies, @Field('seconds') seconds: string) {
    return withNotice(cookies, 'lifetime', () => {
      session.setExpiry(typedNumber(seconds));
      return 'The lifetime has changed.';
    });
  }

  @Post('cookies/set')
  @Redirect('/#cookies', 303)
  setCookie(
    @Cookies() cookies: Cookies,
    @Field('name') name: string,
    @Field('value') value: string,
    @Field('maxAge') maxAge: string,
    @Body('signed') signed?: string,
  ) {
    return withNotice(cookies, 'cookies', () => {
      const options = { ...COOKIE_ATTRIBUTES, maxAge: typedNumber(maxAge) };
      if (signed) cookies.setSigned(name, value, options);
      else cookies.set(name, value, options);
      return `Your browser has the cookie “${name}” now.`;
    });
  }

  @Post('cookies/delete')
  @Redirect('/#cookies', 303)
  deleteCookie(@Cookies() cookies: Cookies, @Field('name') name: string) {
    return withNotice(cookies, 'cookies', () => {
      cookies.delete(name, COOKIE_ATTRIBUTES);
      return `Deleted “${name}”.`;
    });
  }

  /** Does to a signed cookie what somebody with a browser could, to show that it is noticed. */
  @Post('cookies/tamper')
  @Redirect('/#cookies', 303)
  tamper(@Cookies() cookies: Cookies, @Field('name') name: string) {
    return withNotice(cookies, 'cookies', () => {
      cookies.set(name, `x${cookies.get(name, '')}`, COOKIE_ATTRIBUTES);
      return `Put an “x” in front of the value of “${name}”. Its signature no longer fits.`;
    });
  }
}
