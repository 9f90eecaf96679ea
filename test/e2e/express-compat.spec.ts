import {
  Controller,
  Get,
  type INestApplication,
  Module,
  Post,
  Req,
  Res,
  Session as NestSession,
  UseGuards,
} from '@nestjs/common';
import { AuthGuard, PassportModule, PassportSerializer, PassportStrategy } from '@nestjs/passport';
import type { NextFunction, Request, Response } from 'express';
import expressSession from 'express-session';
import { fromExpressStore, Session, type SessionModuleOptions, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import passport from 'passport';
import { Strategy } from 'passport-local';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';

interface Face {
  [name: string]: unknown;
  id: string;
  cookie: { maxAge: number | null; expires: Date | null; originalMaxAge: number | null };
  regenerate(done?: (error?: unknown) => void): Promise<void>;
  save(done?: (error?: unknown) => void): Promise<void>;
  destroy(done?: (error?: unknown) => void): Promise<void>;
  reload(done?: (error?: unknown) => void): Promise<void>;
  touch(): Face;
}
type WithSession = Omit<Request, 'session'> & { session: Face | undefined; sessionID: string };

@Controller()
class CompatController {
  /** express-session's own first example. */
  @Get('views')
  views(@Req() { session }: { session: Face & { views?: number } }) {
    session.views = session.views ? session.views + 1 : 1;
    return { views: session.views };
  }

  /** express-session's example of counting by path. */
  @Get('paths/:path')
  paths(@Req() req: WithSession) {
    const session = req.session as Face & { views?: Record<string, number> };
    session.views ??= {};
    session.views[req.path] = (session.views[req.path] ?? 0) + 1;
    return session.views;
  }

  @Get('same')
  same(@Req() req: WithSession, @NestSession() nest: Face, @Session() own: Session) {
    nest.a = 1;
    return {
      same: req.session === nest,
      own: own.get('a'),
      has: 'a' in nest,
      keys: Object.keys(nest),
      id: req.sessionID === nest.id,
    };
  }

  /** express-session's own login example: regenerate, set, save, redirect. */
  @Post('login')
  login(@Req() req: WithSession, @Res() res: Response) {
    const next = (error: unknown) => res.status(500).send(String(error));
    req.session!.regenerate((regenerated) => {
      if (regenerated) return next(regenerated);
      req.session!.user = 'ann';
      req.session!.save((saved) => (saved ? next(saved) : res.redirect('/')));
    });
  }

  /** And its logout example. */
  @Post('logout')
  logout(@Req() req: WithSession, @Res() res: Response) {
    req.session!.user = null;
    req.session!.save(() => {
      req.session!.regenerate(() => res.redirect('/'));
    });
  }

  @Post('destroy')
  destroy(@Req() req: WithSession, @Res() res: Response) {
    req.session!.destroy((error) => res.json({ error: error ?? null, session: req.session ?? null }));
  }

  @Post('reload')
  async reload(@Req() req: WithSession) {
    req.session!.views = 100;
    await req.session!.reload();
    return { views: req.session!.views ?? null };
  }

  @Post('age')
  age(@Req() req: WithSession) {
    req.session!.a = 1;
    req.session!.cookie.maxAge = 60_000;
    return { maxAge: req.session!.cookie.maxAge, touched: req.session!.touch() === req.session };
  }

  @Post('until-close')
  untilClose(@Req() req: WithSession) {
    req.session!.a = 1;
    req.session!.cookie.expires = null;
    return { maxAge: req.session!.cookie.maxAge };
  }

  /** As connect-flash keeps its messages. */
  @Get('flash')
  flash(@Req() req: WithSession) {
    const session = req.session as Face & { flash?: Record<string, string[]> };
    const messages = (session.flash = session.flash || {});
    const read = messages.notice ?? [];
    delete messages.notice;
    (messages.notice ??= []).push('visited');
    return { read, keys: Object.keys(session) };
  }

  /** The moment, and what is read of it in this request. */
  @Post('moment')
  moment(@Req() req: WithSession) {
    const session = req.session as Face & { at?: unknown; none?: unknown };
    session.at = { date: new Date(0), none: undefined, number: NaN };
    return { at: session.at };
  }

  @Post('unfit')
  unfit(@Req() req: WithSession) {
    (req.session as Face & { big?: unknown }).big = 1n;
  }

  @Post('remove')
  remove(@Req() req: WithSession) {
    delete req.session!.views;
    return { json: JSON.parse(JSON.stringify(req.session)) as object };
  }
}

const compat = { expressCompat: true, pruneInterval: false } as const;

describe.each(platforms)('expressCompat on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [CompatController] }, compat);
  });
  afterAll(() => app.close());
  const http = () => request(app.getHttpServer());

  it("runs express-session's example of counting views", async () => {
    const first = await http().get('/views').expect(200, { views: 1 });
    await http().get('/views').set('Cookie', cookieOf(first)!).expect(200, { views: 2 });
  });

  it("gives one object to req.session and Nest's @Session(), over the session of this package", async () => {
    await http()
      .get('/same')
      .expect(200, { same: true, own: 1, has: true, keys: ['cookie', 'a'], id: true });
  });

  it('maps maxAge and expires of the cookie, in milliseconds', async () => {
    const timed = await http().post('/age').expect(201, { maxAge: 60_000, touched: true });
    expect(setCookies(timed)[0]).toContain('Max-Age=60;');
    const untilClose = await http().post('/until-close').expect(201, { maxAge: null });
    expect(setCookies(untilClose)[0]).not.toContain('Max-Age');
  });

  it('reload forgets what was done and reads the store again', async () => {
    const first = await http().get('/views');
    await http().post('/reload').set('Cookie', cookieOf(first)!).expect(201, { views: 1 });
  });

  it('has room for the messages that connect-flash keeps as data', async () => {
    const first = await http()
      .get('/flash')
      .expect(200, { read: [], keys: ['cookie', 'flash'] });
    await http()
      .get('/flash')
      .set('Cookie', cookieOf(first)!)
      .expect(200, { read: ['visited'], keys: ['cookie', 'flash'] });
  });

  it('makes of a value what JSON makes of it, and refuses what that cannot hold', async () => {
    const at = { date: '1970-01-01T00:00:00.000Z', number: null };
    await request(app.getHttpServer()).post('/moment').expect(201, { at });
    await request(app.getHttpServer()).post('/unfit').expect(500);
  });

  it('delete removes a value', async () => {
    const first = await http().get('/views');
    await http().post('/remove').set('Cookie', cookieOf(first)!).expect(201, { json: {} });
  });
});

describe("express-session's examples on Express", () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(platforms[0]!, { controllers: [CompatController] }, compat);
  });
  afterAll(() => app.close());
  const http = () => request(app.getHttpServer());

  it('counts views by path inside a nested value', async () => {
    const cookie = cookieOf(await http().get('/paths/foo').expect(200, { '/paths/foo': 1 }))!;
    await http().get('/paths/foo').set('Cookie', cookie).expect(200, { '/paths/foo': 2 });
    await http().get('/paths/bar').set('Cookie', cookie).expect(200, { '/paths/foo': 2, '/paths/bar': 1 });
  });

  it('logs in and out with a new key each time', async () => {
    const sessions = app.get(SessionService);
    const before = cookieOf(await http().get('/views'))!;
    const login = await http().post('/login').set('Cookie', before).expect(302);
    const cookie = cookieOf(login)!;
    expect(cookie).not.toBe(before);
    expect(await sessions.find(before.slice(10))).toBeUndefined();
    expect((await sessions.find(cookie.slice(10)))!.toJSON()).toEqual({ user: 'ann' });
    const logout = await http().post('/logout').set('Cookie', cookie).expect(302);
    expect(setCookies(logout)[0]).toContain('Max-Age=0');
    expect(await sessions.find(cookie.slice(10))).toBeUndefined();
  });

  it('destroy ends the session, the cookie and req.session', async () => {
    const cookie = cookieOf(await http().get('/views'))!;
    const destroyed = await http().post('/destroy').set('Cookie', cookie).expect(201, { error: null, session: null });
    expect(setCookies(destroyed)[0]).toContain('Max-Age=0');
    await http().get('/views').set('Cookie', cookie).expect(200, { views: 1 });
  });
});

class LocalStrategy extends PassportStrategy(Strategy) {
  validate(username: string, password: string) {
    return password === 'right' ? { id: 7, username } : null;
  }
}

class UserSerializer extends PassportSerializer {
  serializeUser(user: { id: number }, done: (error: unknown, id: number) => void) {
    done(null, user.id);
  }
  deserializeUser(id: number, done: (error: unknown, user: object) => void) {
    done(null, { id, username: 'ann' });
  }
}

@Controller('passport')
class PassportController {
  /** `AuthGuard('local')` calls `req.logIn` by itself only when it is told to. */
  @Post('login')
  @UseGuards(
    class extends AuthGuard('local') {
      override async canActivate(context: Parameters<InstanceType<ReturnType<typeof AuthGuard>>['canActivate']>[0]) {
        const allowed = (await super.canActivate(context)) as boolean;
        await super.logIn(context.switchToHttp().getRequest());
        return allowed;
      }
    },
  )
  login(@Req() req: Request) {
    return req.user;
  }

  @Get('me')
  me(@Req() req: Request, @Res() res: Response) {
    res.status(req.isAuthenticated() ? 200 : 401).json(req.user ?? null);
  }

  @Post('logout')
  logout(@Req() req: Request, @Res() res: Response, next: NextFunction) {
    req.logout((error) => (error ? next(error) : res.json({ out: true })));
  }
}

@Module({
  imports: [PassportModule.register({ session: true })],
  controllers: [PassportController],
  providers: [LocalStrategy, UserSerializer],
})
class PassportApplication {}

const engines: [string, () => Partial<SessionModuleOptions>][] = [
  ['db', () => ({ engine: 'db' })],
  ['cache', () => ({ engine: 'cache' })],
  ['cached_db', () => ({ engine: 'cached_db' })],
  ['file', () => ({ engine: 'file', cookieName: 'nest-sessions-passport' })],
  ['signed_cookies', () => ({ engine: 'signed_cookies' })],
  ['encrypted_cookies', () => ({ engine: 'encrypted_cookies' })],
  ['an engine of the application', () => ({ engine: new MemoryEngine() })],
  ["express-session's MemoryStore", () => ({ engine: fromExpressStore(new expressSession.MemoryStore()) })],
];

describe.each(engines)('Passport, unmodified, with the engine %s', (_name, options) => {
  let app: INestApplication;
  const cookieName = options().cookieName ?? 'sessionid';
  beforeAll(async () => {
    app = await startApplication(
      platforms[0]!,
      { imports: [PassportApplication] },
      { ...compat, ...options() },
      (created) =>
        // As in main.ts.
        created.use(passport.session()),
    );
  });
  afterAll(() => app.close());
  const http = () => request(app.getHttpServer());

  it('logs in, remembers, and logs out', async () => {
    await http().get('/passport/me').expect(401);
    await http().post('/passport/login').send({ username: 'ann', password: 'wrong' }).expect(401);
    const login = await http().post('/passport/login').send({ username: 'ann', password: 'right' }).expect(201);
    expect(login.body).toEqual({ id: 7, username: 'ann' });
    const cookie = cookieOf(login, cookieName)!;
    await http().get('/passport/me').set('Cookie', cookie).expect(200, { id: 7, username: 'ann' });
    const logout = await http().post('/passport/logout').set('Cookie', cookie).expect(201, { out: true });
    expect(setCookies(logout)[0]).toContain('Max-Age=0');
    const isRevocable = !String(options().engine).endsWith('_cookies');
    await http()
      .get('/passport/me')
      .set('Cookie', cookie)
      .expect(isRevocable ? 401 : 200);
  });
});
