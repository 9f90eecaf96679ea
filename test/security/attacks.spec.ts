import { Body, Controller, Delete, Get, Header, type INestApplication, Param, Post, Req, Res } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { Session, SessionModule, SessionOptionsError, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { cookieOf, platforms, SECRET, startApplication } from '../support/applications.js';
import { TestClock } from '../support/test-clock.js';

const DAY = 24 * 60 * 60;

@Controller()
class TargetController {
  @Post('log-in')
  async logIn(@Session() session: Session) {
    session.set('userId', 1);
    await session.cycleKey();
  }

  @Get('user')
  user(@Session() session: Session) {
    return { user: session.get('userId', null) };
  }

  @Delete('data/:key')
  remove(@Session() session: Session, @Param('key') key: string) {
    return { removed: session.delete(key), popped: session.pop(key as '_', null) };
  }

  @Get('visit')
  visit(@Session() session: Session) {
    session.set('visited', true);
  }

  @Get('public')
  @Header('Cache-Control', 'public, max-age=60, s-maxage=600')
  public(@Session() session: Session) {
    session.set('visited', true);
  }

  @Get('unstored')
  @Header('Cache-Control', 'no-store')
  unstored(@Session() session: Session) {
    session.set('visited', true);
  }

  @Get('raw')
  raw(@Session() session: Session, @Res() answer: { raw?: unknown; hijack?(): void }) {
    session.set('visited', true);
    answer.hijack?.();
    const raw = (answer.raw ?? answer) as { writeHead(status: number, headers: object): { end(): void } };
    raw.writeHead(200, { 'cache-control': 'Public' }).end();
  }

  @Get('read')
  @Header('Cache-Control', 'public, max-age=60')
  read(@Session() session: Session) {
    return { visited: session.get('visited', false) };
  }

  @Post('assign/:key')
  assign(@Req() incoming: { session: Record<string, unknown> }, @Param('key') key: string, @Body() body: object) {
    incoming.session[key] = body;
    Object.assign(incoming.session[key] as object, { planted: true });
  }

  @Post('regenerate-and-assign/:key')
  async regenerate(@Req() incoming: { session: Record<string, unknown> }, @Param('key') key: string) {
    const { session } = incoming;
    await (session as unknown as { regenerate(): Promise<void> }).regenerate();
    Object.assign(Object(session[key]), { planted: true });
  }
}

describe.each(platforms)('an attacker on $name', (platform) => {
  let clock: TestClock;
  let app: INestApplication;

  beforeEach(async () => {
    clock = new TestClock();
    app = await startApplication(
      platform,
      { controllers: [TargetController] },
      {
        engine: new MemoryEngine({ clock }),
        absoluteAge: DAY,
        userKey: 'userId',
        cookieName: '__Host-id',
        cookieSecure: true,
      },
      (created) =>
        (created.getHttpAdapter().getInstance() as { set?(name: string, value: boolean): void }).set?.(
          'trust proxy',
          true,
        ),
      clock,
    );
  });
  afterEach(() => app.close());

  const send = (method: 'get' | 'post' | 'delete', path: string, cookie = '') =>
    request(app.getHttpServer())[method](path).set('Cookie', cookie);
  const logIn = async (): Promise<string> => cookieOf(await send('post', '/log-in'), '__Host-id')!;

  it.each([
    ['U+2000', '\u2000'],
    ['U+0085', '\u0085'],
    ['U+00A0', '\u00a0'],
  ])('on a subdomain gives no browser a session by a cookie whose name is %s before __Host-id', async (_, space) => {
    const [own, planted] = [await logIn(), await logIn()];
    const toss = Buffer.from(`${space}${planted}`).toString('latin1');
    await send('get', '/user', toss).expect(200, { user: null });
    await send('delete', '/data/userId', `${toss}; ${own}`).expect(200);
    await send('get', '/user', planted).expect(200, { user: 1 });
  });

  it.each(['_session_start', '_session_client'])(
    'who may delete entries by name does not delete %s, and with it the end of a stolen session',
    async (key) => {
      const cookie = await logIn();
      const [before] = await app.get(SessionService).listByUser(1);
      clock.advance(DAY - 1);
      await send('delete', `/data/${key}`, cookie).expect(200, { removed: false, popped: null });
      expect(await app.get(SessionService).listByUser(1)).toEqual([{ ...before, lastSeenAt: expect.any(Date) }]);
      clock.advance(1);
      await send('get', '/user', cookie).expect(200, { user: null });
    },
  );

  it.each([
    ['/visit', 'private'],
    ['/public', 'private, max-age=60'],
    ['/unstored', 'no-store'],
    ['/raw', 'private'],
  ])('gets no session cookie of somebody else from a shared cache that stored %s', async (path, cacheControl) => {
    const response = await send('get', path).expect(200);
    expect(cookieOf(response, '__Host-id')).toBeDefined();
    expect(response.headers).toMatchObject({ 'cache-control': cacheControl, vary: 'Cookie' });
    const cookie = cookieOf(response, '__Host-id')!;
    await send('get', '/read', cookie).expect('Cache-Control', 'public, max-age=60');
  });

  it.each([undefined, null, ''])(
    'who is logged in as nobody (%j) does not pass for a user of that name',
    async (nobody) => {
      const sessions = app.get(SessionService);
      await sessions.create({ userId: String(nobody) });
      expect(await sessions.listByUser(nobody as never)).toEqual([]);
      expect(await sessions.revokeByUser(nobody as never)).toBe(0);
    },
  );

  it('fills the store neither by the user agent nor by an address that proxies pass on', async () => {
    await send('post', '/log-in').set('X-Forwarded-For', 'x'.repeat(5000)).set('User-Agent', 'x'.repeat(5000));
    const [listed] = await app.get(SessionService).listByUser(1);
    expect(listed!.ipAddress!.length).toBeLessThanOrEqual(64);
    expect(listed!.userAgent).toHaveLength(400);
  });
});

/** Every text that whoever logs an object may show, however deep it is. */
function* textsIn(value: unknown, seen = new Set<unknown>()): Generator<string, void> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof Uint8Array) return yield Buffer.from(value).toString();
  const own = Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
  for (const member of [...own, ...(value instanceof Map || value instanceof Set ? [...value].flat() : [])]) {
    yield* textsIn(member, seen);
  }
}

it('no provider of the module shows the secret to whoever logs it', async () => {
  const app = await startApplication(
    platforms[0]!,
    { imports: [DiscoveryModule] },
    { engine: 'cache', userKey: 'userId' },
  );
  const providers = app
    .get(DiscoveryService)
    .getProviders()
    .filter(({ host, token, metatype }) => host?.metatype === SessionModule && token === metatype)
    .filter(({ name }) => !['ModuleRef', 'ApplicationConfig'].includes(name));
  expect(providers.map(({ name }) => name)).toEqual(expect.arrayContaining(['SessionService', 'DjangoAuth', 'Pruner']));
  for (const { name, instance } of providers) {
    expect([name, [...textsIn(instance)].filter((text) => text.includes(SECRET))]).toEqual([name, []]);
  }
  await app.close();
});

it.each([
  ['engine', { engine: 'redis://app:hunter2@localhost' }],
  ['cache', { engine: 'cache', cache: 'redis://app:hunter2@localhost' }],
  ['dataSource', { engine: 'db', dataSource: 'postgres://app:hunter2@localhost/app' }],
])('a URL in the place of the option %s shows no password to whoever reads the log', async (_, options) => {
  const start = startApplication(platforms[0]!, {}, options);
  await expect(start).rejects.toThrow(SessionOptionsError);
  await expect(start).rejects.toThrow('//…@localhost');
  await expect(start).rejects.not.toThrow('hunter2');
});

describe.each(platforms)('an attacker who chooses names of entries under expressCompat on $name', (platform) => {
  it('changes no class by the name __proto__', async () => {
    const app = await startApplication(
      platform,
      { controllers: [TargetController] },
      { engine: new MemoryEngine(), expressCompat: true },
    );
    const response = await request(app.getHttpServer()).post('/assign/__proto__').send({ get: 'broken' }).expect(201);
    await request(app.getHttpServer()).get('/user').set('Cookie', cookieOf(response)!).expect(200, { user: null });
    const session = await app.get(SessionService).find(cookieOf(response)!.split('=')[1]!);
    expect(session!.entries()).toEqual([['__proto__', { get: 'broken', planted: true }]]);
    expect(session).not.toHaveProperty('planted');
    await request(app.getHttpServer()).post('/regenerate-and-assign/__proto__').expect(201);
    expect({}).not.toHaveProperty('planted');
    await app.close();
  });
});
