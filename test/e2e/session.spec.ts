import {
  Body,
  type CanActivate,
  Controller,
  Delete,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Injectable,
  type INestApplication,
  Param,
  ParseIntPipe,
  Post,
  Put,
  Redirect,
  Session as NestSession,
  UseGuards,
} from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';

@Injectable()
class RefusingGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const session = await this.sessions.of(context);
    session.compute('refused', (count = 0) => count + 1);
    throw new ForbiddenException();
  }
}

@Controller()
class SessionController {
  @Put('values/:key')
  set(@Session() session: Session, @Param('key') key: string, @Body() body: { value: unknown }) {
    session.set(key, body.value);
  }

  @Get('values/:key')
  get(@Session() session: Session, @Param('key') key: string) {
    return { value: session.get(key, null) };
  }

  @Get('one')
  one(@Session('a') a: unknown) {
    return { a };
  }

  @Get('piped')
  piped(@Session('number', ParseIntPipe) number: number) {
    return { number };
  }

  @Post('nested')
  nested(@Session() session: Session) {
    session.get('cart', { items: [] }).items.push('apple');
  }

  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'ann');
  }

  @Post('login-unawaited')
  loginUnawaited(@Session() session: Session) {
    void session.cycleKey();
    session.set('user', 'ann');
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Delete('flush-unawaited')
  flushUnawaited(@Session() session: Session) {
    void session.flush();
  }

  @Post('expiry/:seconds')
  expiry(@Session() session: Session, @Param('seconds', ParseIntPipe) seconds: number) {
    session.set('a', 1);
    session.setExpiry(seconds);
  }

  @Post('redirect')
  @Redirect('/elsewhere')
  redirect(@Session() session: Session) {
    session.set('redirected', true);
  }

  @Post('status/:status')
  status(@Session() session: Session, @Param('status', ParseIntPipe) status: number) {
    session.set('status', status);
    throw new HttpException('as asked', status);
  }

  @Post('refused-value')
  refusedValue(@Session() session: Session) {
    session.set('when', { deep: [new Date()] });
  }

  @Get('guarded')
  @UseGuards(RefusingGuard)
  guarded() {}

  @Get('untouched')
  untouched() {
    return 'untouched';
  }

  @Get('key')
  key(@Session() session: Session) {
    return { hasKey: session.key !== undefined };
  }

  @Get('nest-decorator')
  nestDecorator(@NestSession() session: Session) {
    return { a: session.get('a') };
  }
}

describe.each(platforms)('sessions on $name', (platform) => {
  let app: INestApplication;
  let sessions: SessionService;

  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [SessionController] });
    sessions = app.get(SessionService);
  });
  afterAll(() => app.close());

  const http = () => request(app.getHttpServer());
  /** A stored session and the header that belongs to it. */
  const visitor = async (data: Record<string, unknown> = { a: 1 }): Promise<{ key: string; cookie: string }> => {
    const { key } = await sessions.create(data);
    return { key: key!, cookie: `sessionid=${key}` };
  };
  const stored = async (key: string) => (await sessions.find(key))?.toJSON();

  it('the first value makes a session and sends its cookie', async () => {
    const response = await http()
      .put('/values/a')
      .send({ value: { n: [1, 'ø'] } })
      .expect(200);
    expect(setCookies(response)).toHaveLength(1);
    expect(setCookies(response)[0]).toMatch(
      /^sessionid=[a-z0-9]{32}; expires=[^;]+ GMT; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax$/,
    );
    expect(response.headers.vary).toBe('Cookie');
    const read = await http().get('/values/a').set('Cookie', cookieOf(response)!);
    expect(read.body).toEqual({ value: { n: [1, 'ø'] } });
  });

  it('a request that only reads sends no cookie', async () => {
    const { cookie } = await visitor();
    const response = await http().get('/values/a').set('Cookie', cookie).expect(200, { value: 1 });
    expect(setCookies(response)).toEqual([]);
    expect(response.headers.vary).toBe('Cookie');
  });

  it('an untouched request has neither Set-Cookie nor Vary, whatever cookie it carries', async () => {
    for (const cookie of [(await visitor()).cookie, 'sessionid=short', `sessionid=${'u'.repeat(32)}`, 'other=1']) {
      const response = await http().get('/untouched').set('Cookie', cookie).expect(200, 'untouched');
      expect(setCookies(response)).toEqual([]);
      expect(response.headers.vary).toBeUndefined();
    }
  });

  it('looking at the key alone is no use of the session', async () => {
    const response = await http()
      .get('/key')
      .set('Cookie', `sessionid=${'u'.repeat(32)}`)
      .expect(200, { hasKey: false });
    expect(setCookies(response)).toEqual([]);
    expect(response.headers.vary).toBeUndefined();
  });

  it('@Session("key") hands over one value, through pipes', async () => {
    const { cookie } = await visitor({ a: 'x', number: '42' });
    await http().get('/one').set('Cookie', cookie).expect(200, { a: 'x' });
    await http().get('/piped').set('Cookie', cookie).expect(200, { number: 42 });
    await http().get('/piped').expect(400);
  });

  it('a change inside a value is stored', async () => {
    const { key, cookie } = await visitor({ cart: { items: ['pear'] } });
    await http().post('/nested').set('Cookie', cookie).expect(201);
    expect(await stored(key)).toEqual({ cart: { items: ['pear', 'apple'] } });
  });

  it.each(['/login', '/login-unawaited'])(
    '%s gives a new key, keeps the data, and the old key is dead',
    async (path) => {
      const { key, cookie } = await visitor({ a: 1 });
      const response = await http().post(path).set('Cookie', cookie).expect(201);
      const fresh = cookieOf(response)!.slice('sessionid='.length);
      expect(fresh).not.toBe(key);
      expect(await stored(fresh)).toEqual({ a: 1, user: 'ann' });
      expect(await stored(key)).toBeUndefined();
    },
  );

  it.each(['post /logout', 'delete /flush-unawaited'])('%s ends the session and deletes the cookie', async (call) => {
    const [method, path] = call.split(' ') as ['post' | 'delete', string];
    const { key, cookie } = await visitor();
    const response = await http()[method](path).set('Cookie', cookie);
    expect(response.status).toBeLessThan(300);
    expect(setCookies(response)).toEqual([
      'sessionid=; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax',
    ]);
    expect(response.headers.vary).toBe('Cookie');
    expect(await stored(key)).toBeUndefined();
  });

  it('an unknown key is never adopted: the data goes under a new one', async () => {
    const response = await http()
      .put('/values/a')
      .set('Cookie', `sessionid=${'u'.repeat(32)}`)
      .send({ value: 1 });
    expect(cookieOf(response)).toMatch(/^sessionid=[a-z0-9]{32}$/);
    expect(cookieOf(response)).not.toContain('uuuu');
  });

  it('a stale cookie that is read is deleted', async () => {
    const response = await http()
      .get('/values/a')
      .set('Cookie', `sessionid=${'u'.repeat(32)}`)
      .expect(200, { value: null });
    expect(setCookies(response)[0]).toContain('Max-Age=0');
  });

  it('of two session cookies the one that loads counts', async () => {
    const { cookie } = await visitor();
    await http()
      .get('/values/a')
      .set('Cookie', `sessionid=${'u'.repeat(32)}; ${cookie}`)
      .expect(200, { value: 1 });
  });

  it('an expiry of its own shapes the cookie and the stored session', async () => {
    const timed = await http().post('/expiry/300').expect(201);
    expect(setCookies(timed)[0]).toContain('Max-Age=300');
    const untilClose = await http().post('/expiry/0').expect(201);
    expect(setCookies(untilClose)[0]).toMatch(/^sessionid=[a-z0-9]{32}; HttpOnly; Path=\/; SameSite=Lax$/);
    const past = await http().post('/expiry/-10').expect(201);
    await http().get('/values/a').set('Cookie', cookieOf(past)!).expect(200, { value: null });
  });

  it('what a handler changed is stored before a redirect is followed', async () => {
    const { key, cookie } = await visitor();
    await http().post('/redirect').set('Cookie', cookie).expect(302);
    expect(await stored(key)).toMatchObject({ redirected: true });
  });

  it.each([400, 401, 404, 422])('a %d is stored', async (status) => {
    const { key, cookie } = await visitor();
    const response = await http().post(`/status/${status}`).set('Cookie', cookie).expect(status);
    expect(cookieOf(response)).toBe(cookie);
    expect(await stored(key)).toMatchObject({ status });
  });

  it.each([500, 503])('a %d stores nothing', async (status) => {
    const { key, cookie } = await visitor();
    const response = await http().post(`/status/${status}`).set('Cookie', cookie).expect(status);
    expect(setCookies(response)).toEqual([]);
    expect(response.headers.vary).toBe('Cookie');
    expect(await stored(key)).toEqual({ a: 1 });
  });

  it('what a guard changes is stored even when it refuses', async () => {
    const { key, cookie } = await visitor();
    await http().get('/guarded').set('Cookie', cookie).expect(403);
    expect(await stored(key)).toEqual({ a: 1, refused: 1 });
    const anonymous = await http().get('/guarded').expect(403);
    expect(cookieOf(anonymous)).toBeDefined();
  });

  it('a value that JSON would change is a 500 for the client and stores nothing', async () => {
    const { key, cookie } = await visitor();
    await http().post('/refused-value').set('Cookie', cookie).expect(500);
    expect(await stored(key)).toEqual({ a: 1 });
  });

  it("a session from Nest's own decorator says how to get a loaded one", async () => {
    const { cookie } = await visitor();
    await http().get('/nest-decorator').set('Cookie', cookie).expect(500);
  });

  it.each([
    ['10,000 characters', 'x'.repeat(10_000)],
    ['quotes', '"abcdefghijklmnop"'],
    ['__proto__', '__proto__'],
    ['a percent sequence that is none', '%E0%A4%A'],
    ['NUL', 'abcdefgh%00ijklmnop'],
    ['CR and LF', 'abcdefgh%0D%0Aijklmnop'],
    ['characters beyond ASCII', 'abcdefgh\u00e9\u00ff'],
    ['an empty value', ''],
    ['only quotes', '""'],
  ])('a session cookie of %s is an empty session and a clean answer', async (_, value) => {
    await http().get('/values/a').set('Cookie', `sessionid=${value}`).expect(200, { value: null });
    const written = await http().put('/values/a').set('Cookie', `sessionid=${value}`).send({ value: 1 }).expect(200);
    expect(cookieOf(written)).toMatch(/^sessionid=[a-z0-9]{32}$/);
  });

  it('the upper-case twin of a key, or one with a space or a dot behind it, opens nothing', async () => {
    const { key } = await visitor();
    for (const twin of [key.toUpperCase(), `${key} .`, `"${key} "`, `${key}%20`]) {
      await http().get('/values/a').set('Cookie', `sessionid=${twin}`).expect(200, { value: null });
    }
  });

  it('logging out of a session that is gone already is a logout all the same', async () => {
    const { key, cookie } = await visitor();
    await sessions.delete(key);
    await http().post('/logout').set('Cookie', cookie).expect(201);
  });
});
