import type { ServerResponse } from 'node:http';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import {
  type ArgumentMetadata,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  ForbiddenException,
  Get,
  HttpException,
  Inject,
  type INestApplication,
  Injectable,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  type PipeTransform,
  Put,
  Query,
  Req,
  Scope,
  Session as NestSession,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory, REQUEST } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Session, SessionInterceptor, SessionModule, SessionService, SessionStoreError } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { tap, type Observable } from 'rxjs';
import request from 'supertest';
import { cookieOf, platforms, SECRET, startApplication } from '../support/applications.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { StagedEngine } from '../support/staged-engine.js';

/** Notes in the session who was there. */
function leaveTrace(session: Session, who: string): void {
  session.compute('trace', (trace: string[] = []) => [...trace, who]);
}

@Injectable()
class Guard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    leaveTrace(await this.sessions.of(context), 'guard');
    return true;
  }
}

@Injectable()
class Interceptor implements NestInterceptor {
  constructor(private readonly sessions: SessionService) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const session = await this.sessions.of(context);
    leaveTrace(session, 'interceptor, before');
    return next.handle().pipe(tap(() => leaveTrace(session, 'interceptor, after')));
  }
}

@Injectable({ scope: Scope.REQUEST })
class Pipe implements PipeTransform {
  constructor(
    private readonly sessions: SessionService,
    @Inject(REQUEST) private readonly request: unknown,
  ) {}

  async transform(value: unknown, _metadata: ArgumentMetadata): Promise<unknown> {
    leaveTrace(await this.sessions.of(this.request), 'pipe');
    return value;
  }
}

@Catch(ForbiddenException)
@Injectable()
class Filter implements ExceptionFilter {
  constructor(
    private readonly sessions: SessionService,
    private readonly host: HttpAdapterHost,
  ) {}

  async catch(error: HttpException, host: ArgumentsHost): Promise<void> {
    leaveTrace(await this.sessions.of(host), 'filter');
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), 'filtered', error.getStatus());
  }
}

@Catch(SessionStoreError)
class ApologyFilter implements ExceptionFilter {
  catch(_error: SessionStoreError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse().status(409).send('sorry');
  }
}

/** One for each request, as many applications have it. */
@Injectable({ scope: Scope.REQUEST })
class Visitor {
  constructor(
    private readonly sessions: SessionService,
    @Inject(REQUEST) private readonly request: unknown,
  ) {}

  async greet(): Promise<void> {
    leaveTrace(await this.sessions.of(this.request), 'request-scoped provider');
  }
}

@Injectable()
class ClassMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  async use(request: { headers: IncomingHttpHeaders }, response: ServerResponse, next: () => void): Promise<void> {
    const { 'x-trace': trace, 'x-end': end } = request.headers;
    if (trace) leaveTrace(await this.sessions.of(request), 'class middleware');
    if (end === 'refuse') throw new ForbiddenException();
    if (end === 'answer') response.end('from middleware');
    else next();
  }
}

/** Functional middleware has no providers; what it needs is on the request. */
async function functionalMiddleware(
  request: { headers: IncomingHttpHeaders; session?: Session },
  _response: unknown,
  next: () => void,
): Promise<void> {
  if (request.headers['x-trace']) leaveTrace(await functionalMiddleware.sessions.of(request), 'functional middleware');
  next();
}
functionalMiddleware.sessions = undefined as unknown as SessionService;

@Controller()
class AccessController {
  constructor(
    private readonly sessions: SessionService,
    private readonly visitor: Visitor,
  ) {}

  @Get('everywhere')
  @UseGuards(Guard)
  @UseInterceptors(Interceptor)
  @UseFilters(Filter)
  async everywhere(@Session() session: Session, @Query('refuse', Pipe) refuse?: string) {
    leaveTrace(session, 'handler');
    await this.visitor.greet();
    if (refuse) throw new ForbiddenException();
    return 'everywhere';
  }

  @Put('parallel')
  async parallel(@Req() request: unknown) {
    const same = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const session = await this.sessions.of(request);
        await new Promise((resolve) => setImmediate(resolve));
        session.set(`key${index}`, index);
        return session;
      }),
    );
    return { one: new Set(same).size === 1 };
  }

  @Put('bound')
  @UseInterceptors(SessionInterceptor)
  async bound(@Req() request: unknown) {
    (await this.sessions.of(request)).set('bound', true);
  }

  @Put('apology')
  @UseFilters(ApologyFilter)
  apology(@Session() session: Session) {
    session.set('apology', true);
  }

  @Get('unloaded')
  unloaded(@NestSession() session: Session) {
    return { value: session.get('trace') };
  }

  @Get('unloaded-but-safe')
  unloadedButSafe(@NestSession() session: Session, @Req() request: { session: Session }) {
    return { key: session.key ?? null, same: session === request.session, accessed: session.accessed };
  }

  @Get('loaded-elsewhere')
  @UseGuards(Guard)
  loadedElsewhere(@NestSession() session: Session, @Req() request: { session: Session }) {
    return { trace: session.get('trace'), same: session === request.session };
  }

  @Get('untouched')
  untouched() {
    return 'untouched';
  }
}

@Module({ controllers: [AccessController], providers: [Visitor] })
class AccessModule implements NestModule {
  constructor(sessions: SessionService) {
    functionalMiddleware.sessions = sessions;
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(functionalMiddleware, ClassMiddleware).forRoutes('{*splat}');
  }
}

/** Answers by itself what `request.session` holds. */
@Module({})
class CompatModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    const answer = ({ session }: { session: { name: string } }, response: ServerResponse) => response.end(session.name);
    consumer.apply(answer).forRoutes('{*splat}');
  }
}

const everywhere = [
  'functional middleware',
  'class middleware',
  'guard',
  'interceptor, before',
  'pipe',
  'handler',
  'request-scoped provider',
];

describe.each(platforms)('on $name', (platform) => {
  const engine = new StagedEngine(new MemoryEngine());
  const logger = new RecordingLogger();
  beforeEach(() => engine.takeCalls());

  /** As `@nestjs/testing` and as main.ts start an application: the hooks of the adapter come in another order. */
  const starts: [string, () => Promise<INestApplication>][] = [
    [
      '@nestjs/testing',
      () => startApplication(platform, { imports: [AccessModule] }, { engine }, (app) => app.useLogger(logger)),
    ],
    [
      'NestFactory',
      async () => {
        @Module({ imports: [SessionModule.forRoot({ engine, secret: SECRET }), AccessModule] })
        class AppModule {}
        const app = await NestFactory.create<NestFastifyApplication>(AppModule, platform.adapter(), { logger });
        app.use(async (incoming: { headers: IncomingHttpHeaders }, _response: unknown, next: () => void) => {
          if (incoming.headers['x-main']) leaveTrace(await app.get(SessionService).of(incoming), 'app.use()');
          next();
        });
        await app.listen(0, '127.0.0.1');
        return app;
      },
    ],
  ];

  describe.each(starts)('started by %s', (_, start) => {
    let app: INestApplication;
    let sessions: SessionService;

    beforeAll(async () => {
      app = await start();
      sessions = app.get(SessionService);
    });
    afterAll(() => app.close());

    const http = () => request(app.getHttpServer());
    const stored = async (cookie: string) => (await sessions.find(cookie.slice('sessionid='.length)))?.toJSON();

    it('everything on the way of a request has the same session, loaded and stored once', async () => {
      const { key } = await sessions.create({});
      engine.takeCalls();
      const response = await http()
        .get('/everywhere')
        .set('X-Trace', '1')
        .set('Cookie', `sessionid=${key}`)
        .expect(200);
      expect(response.text).toBe('everywhere');
      expect(engine.takeCalls()).toEqual(['load', 'replace']);
      expect(await stored(`sessionid=${key}`)).toEqual({ trace: [...everywhere, 'interceptor, after'] });
    });

    it('so does a new visitor, and an exception filter', async () => {
      const response = await http().get('/everywhere?refuse=1').set('X-Trace', '1').expect(403, 'filtered');
      expect(await stored(cookieOf(response)!)).toEqual({ trace: [...everywhere, 'filter'] });
    });

    it.each([
      ['answer', 200],
      ['refuse', 403],
    ])('what middleware changes that ends the request itself (%s) is stored', async (end, status) => {
      const response = await http().get('/untouched').set({ 'X-Trace': '1', 'X-End': end }).expect(status);
      expect(await stored(cookieOf(response)!)).toEqual({ trace: ['functional middleware', 'class middleware'] });
      engine.fail('create', new Error('down'));
      await http().get('/untouched').set({ 'X-Trace': '1', 'X-End': end }).expect(503);
    });

    it('what works in parallel in one request shares one load and one save', async () => {
      const { key } = await sessions.create({});
      engine.takeCalls();
      await http().put('/parallel').set('Cookie', `sessionid=${key}`).expect(200, { one: true });
      expect(engine.takeCalls()).toEqual(['load', 'replace']);
      expect(Object.keys((await stored(`sessionid=${key}`))!)).toHaveLength(20);
    });

    it('an exception filter sees that the store failed after a handler, and then nothing is stored', async () => {
      engine.fail('create', new Error('down'));
      const response = await http().put('/apology').expect(409, 'sorry');
      expect(cookieOf(response)).toBeUndefined();
      expect(engine.takeCalls()).toEqual(['create']);
    });

    it('SessionInterceptor may be bound by hand', async () => {
      const response = await http().put('/bound').expect(200);
      expect(await stored(cookieOf(response)!)).toEqual({ bound: true });
    });

    it("Nest's own @Session() and request.session are the same object, not loaded", async () => {
      await http().get('/unloaded-but-safe').expect(200, { key: null, same: true, accessed: false });
      expect(engine.takeCalls()).toEqual([]);
    });

    it("Nest's own @Session() is loaded where something before it did that", async () => {
      await http()
        .get('/loaded-elsewhere')
        .expect(200, { trace: ['guard'], same: true });
    });

    it('an unloaded session throws when it is used, with the cure', async () => {
      logger.takeErrors();
      await http().get('/unloaded').expect(500);
      expect(logger.takeErrors()[0]).toMatch(
        /not loaded yet.*nest-sessions \(not of @nestjs\/common\).*sessionService\.of/s,
      );
    });

    it('a request that nobody uses the session of costs nothing', async () => {
      const response = await http()
        .get('/untouched')
        .set('Cookie', `sessionid=${'a'.repeat(32)}`)
        .expect(200);
      expect(engine.takeCalls()).toEqual([]);
      expect(response.headers.vary).toBeUndefined();
    });
  });

  it('under expressCompat request.session is loaded for middleware already', async () => {
    const app = await startApplication(platform, { imports: [CompatModule] }, { engine, expressCompat: true });
    try {
      const { key } = await app.get(SessionService).create({ name: 'ann' });
      await request(app.getHttpServer()).get('/anywhere').set('Cookie', `sessionid=${key}`).expect(200, 'ann');
    } finally {
      await app.close();
    }
  });

  it('middleware of main.ts has the session too, where NestFactory starts the application', async () => {
    const app = await starts[1]![1]();
    try {
      const response = await request(app.getHttpServer()).get('/untouched').set('X-Main', '1').expect(200);
      const key = cookieOf(response)!.slice('sessionid='.length);
      expect((await app.get(SessionService).find(key))?.toJSON()).toEqual({ trace: ['app.use()'] });
    } finally {
      await app.close();
    }
  });
});

it('HTTP/2 works as HTTP/1 does', async () => {
  const engine = new StagedEngine(new MemoryEngine());
  const adapter = () => new FastifyAdapter({ http2: true } as never);
  const app = await startApplication({ name: 'HTTP/2', adapter }, { imports: [AccessModule] }, { engine });
  const client = connect(`http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`);
  const get = async (path: string, headers = {}): Promise<{ headers: IncomingHttpHeaders; body: string }> => {
    const stream = client.request({ ':path': path, ...headers }).setEncoding('utf8');
    const received = new Promise<IncomingHttpHeaders>((resolve) => stream.on('response', resolve));
    let body = '';
    for await (const chunk of stream.end()) body += chunk;
    return { headers: await received, body };
  };
  try {
    const first = await get('/everywhere', { 'x-trace': '1' });
    expect(first.headers[':status']).toBe(200);
    expect(first.headers.vary).toBe('Cookie');
    const cookie = cookieOf({ headers: first.headers })!;
    const sessions = app.get(SessionService);
    expect((await sessions.find(cookie.slice('sessionid='.length)))?.toJSON()).toEqual({
      trace: [...everywhere, 'interceptor, after'],
    });
    const refused = await get('/everywhere?refuse=1', { cookie });
    expect(refused).toMatchObject({ headers: { ':status': 403 }, body: 'filtered' });
    engine.fail('create', new Error('down'));
    const failed = await get('/everywhere?refuse=1');
    expect(failed.headers[':status']).toBe(503);
    expect(failed.headers['set-cookie']).toBeUndefined();
    expect(JSON.parse(failed.body)).toMatchObject({ statusCode: 503 });
  } finally {
    client.close();
    await app.close();
  }
});
