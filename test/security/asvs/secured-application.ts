import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  ForbiddenException,
  Get,
  Inject,
  Injectable,
  type INestApplication,
  Param,
  Post,
  UseGuards,
} from '@nestjs/common';
import { Session, type SessionModuleOptions, SessionService } from 'nest-sessions';
import request from 'supertest';
import type { Clock } from '../../../src/session/clock.js';
import { type Platform, setCookies, startApplication } from '../../support/applications.js';
import type { OpenEngine, TestEngine } from '../../support/engines.js';
import { TestClock } from '../../support/test-clock.js';

export const MINUTE = 60;
export const HOUR = 60 * MINUTE;

export const COOKIE = '__Host-id';

/** What a careful application sets. */
const OPTIONS: Partial<SessionModuleOptions> = {
  userKey: 'userId',
  cookieName: COOKIE,
  cookieSecure: true,
  cookieAge: 30 * MINUTE,
  saveEveryRequest: true,
  absoluteAge: 12 * HOUR,
};

/** How long a login counts as recent. */
const RECENT = 5 * MINUTE;

/** Lets only those in who have logged in a moment ago. */
@Injectable()
class RecentLoginGuard implements CanActivate {
  constructor(
    private readonly sessions: SessionService,
    @Inject('CLOCK') private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of(context);
    return this.clock.now() - session.get('loggedInAt', -Infinity) <= RECENT * 1000;
  }
}

/** Logs out before the handler is reached. */
@Injectable()
class LogOutGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    await (await this.sessions.of(context)).flush();
    return true;
  }
}

/** When each user last logged out everywhere, in an application whose engine cannot end sessions. */
const validFrom = new Map<string, number>();

@Controller()
class AccountController {
  constructor(
    private readonly sessions: SessionService,
    @Inject('CLOCK') private readonly clock: Clock,
  ) {}

  @Get('user')
  user(@Session() session: Session) {
    return { user: session.get('userId', null), cart: session.get('cart', 0) };
  }

  @Get('whole')
  whole(@Session() session: Session) {
    return session;
  }

  @Get('untouched')
  untouched() {}

  @Get('forbidden')
  forbidden(@Session() session: Session) {
    throw new ForbiddenException(session);
  }

  @Post('cart')
  cart(@Session() session: Session) {
    session.compute('cart', (count = 0) => count + 1);
  }

  @Post('log-in/:user')
  async logIn(@Session() session: Session, @Param('user') user: string, @Body() { until }: { until?: string } = {}) {
    await session.cycleKey();
    session.set('userId', user);
    session.set('loggedInAt', this.clock.now());
    // The identity provider has said how long.
    if (until) session.setExpiry(new Date(until));
  }

  @Post('log-in-once/:user')
  async logInOnce(@Session() session: Session, @Param('user') user: string) {
    await this.logIn(session, user);
    await session.save();
    const surplus = (await this.sessions.listByUser(user)).slice(2);
    for (const { handle } of surplus) await this.sessions.revoke(handle);
  }

  @Post('log-out')
  async logOut(@Session() session: Session) {
    await session.flush();
  }

  @Post('log-out-by-guard')
  @UseGuards(LogOutGuard)
  logOutByGuard() {}

  @Post('log-out-by-service')
  async logOutByService(@Session() session: Session) {
    await this.sessions.delete(session.key!);
  }

  @Post('log-out-everywhere')
  async logOutEverywhere(@Session() session: Session) {
    validFrom.set(session.get('userId'), this.clock.now());
    await session.flush();
  }

  @Get('user-if-valid')
  userIfValid(@Session() session: Session) {
    const user = session.get('userId', null);
    return { user: session.get('loggedInAt', 0) > (validFrom.get(user) ?? 0) ? user : null };
  }

  @Post('email')
  @UseGuards(RecentLoginGuard)
  email() {}

  @Post('confirm')
  async confirm(@Session() session: Session) {
    await session.cycleKey();
    session.set('confirmedUntil', this.clock.now() + RECENT * 1000);
  }

  @Post('transfer')
  transfer(@Session() session: Session) {
    if (session.get('confirmedUntil', 0) <= this.clock.now()) throw new ForbiddenException('Confirm it first.');
  }

  @Post('password')
  async password(@Session() session: Session) {
    await session.cycleKey();
    return { ended: await this.sessions.revokeByUser(session.get('userId'), { except: session }) };
  }

  @Get('devices')
  devices(@Session() session: Session) {
    return this.sessions.listByUser(session.get('userId'), { current: session });
  }

  @Post('devices/:handle/revoke')
  async revoke(@Session() session: Session, @Param('handle') handle: string) {
    const own = await this.sessions.listByUser(session.get('userId'));
    return { ended: own.some((device) => device.handle === handle) && (await this.sessions.revoke(handle)) };
  }
}

/** A careful application on one engine and one adapter, and the time that it lives in. */
export class SecuredApplication {
  readonly clock = new TestClock();
  #store!: OpenEngine;
  #app!: INestApplication;

  constructor(
    readonly engine: TestEngine,
    private readonly platform: Platform,
  ) {}

  async open(): Promise<void> {
    this.#store = await this.engine.open();
    this.#app = await this.another();
  }

  async close(): Promise<void> {
    await this.#app.close();
    await this.#store.close();
  }

  /** A second one on the same store. */
  another(options: Partial<SessionModuleOptions> = {}): Promise<INestApplication> {
    return startApplication(
      this.platform,
      { controllers: [AccountController], providers: [{ provide: 'CLOCK', useValue: this.clock }] },
      { ...OPTIONS, ...this.#store.options, ...options },
      undefined,
      this.clock,
    );
  }

  get sessions(): SessionService {
    return this.#app.get(SessionService);
  }

  /** A browser, or a thief's, with the cookie that it has. */
  browser(cookie?: string): Browser {
    return new Browser(this.#app, cookie);
  }

  async loggedIn(user: string): Promise<Browser> {
    const browser = this.browser();
    await browser.post(`/log-in/${encodeURIComponent(user)}`);
    return browser;
  }
}

/** One browser, as far as the session cookie goes. */
export class Browser {
  constructor(
    private readonly app: INestApplication,
    public cookie?: string,
  ) {}

  get token(): string {
    return this.cookie?.slice(COOKIE.length + 1) ?? '';
  }

  get(path: string) {
    return this.#send('get', path);
  }

  post(path: string, body?: object) {
    return this.#send('post', path, body);
  }

  async user(path = '/user'): Promise<string | null> {
    return (await this.get(path)).body.user;
  }

  /** The same browser as it is now, or somebody who has copied its cookie. */
  copy(): Browser {
    return new Browser(this.app, this.cookie);
  }

  async #send(method: 'get' | 'post', path: string, body?: object) {
    const sent = request(this.app.getHttpServer())[method](path);
    if (this.cookie) void sent.set('Cookie', this.cookie);
    const response = await sent.send(body);
    const [cookie] = setCookies(response).filter((text) => text.startsWith(`${COOKIE}=`));
    if (cookie) this.cookie = cookie.startsWith(`${COOKIE}=;`) ? undefined : cookie.split(';')[0];
    return response;
  }
}
