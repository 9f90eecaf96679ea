import { createReadStream, mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  Catch,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  Head,
  HttpCode,
  HttpException,
  type INestApplication,
  Injectable,
  type MessageEvent,
  type MiddlewareConsumer,
  Module,
  type NestInterceptor,
  type NestMiddleware,
  type NestModule,
  Next,
  NotFoundException,
  Options,
  Param,
  ParseIntPipe,
  Post,
  Redirect,
  Render,
  Req,
  Res,
  Sse,
  StreamableFile,
  UnprocessableEntityException,
  UseFilters,
  UseGuards,
  UseInterceptors,
  Version,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { send } from '@fastify/send';
import fastifyView from '@fastify/view';
import ejs from 'ejs';
import { Session, SessionService } from 'nest-sessions';
import { from, map, of, timer, type Observable } from 'rxjs';

/** One way in which a request can end. */
export interface ResponseKind {
  readonly name: string;
  readonly path: string;
  /** @default 'GET' */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  /** What the body holds. */
  readonly body?: string;
  /** Whether what was changed is stored. @default true */
  readonly isStored?: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
const file = join(folder, 'file.txt');
writeFileSync(file, 'from a file');
writeFileSync(join(folder, 'page.ejs'), '<p><%= word %></p>');

/** Express' response, or Fastify's reply. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

function raw(answer: Answer): ServerResponse {
  return answer.raw ?? answer;
}

function change(session: Session): void {
  session.compute('changes', (count: number = 0) => count + 1);
}

@Injectable()
class ChangingGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    change(await this.sessions.of(context));
    return true;
  }
}

@Injectable()
class RefusingGuard extends ChangingGuard {
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    return !(await super.canActivate(context));
  }
}

@Injectable()
class AnsweringInterceptor implements NestInterceptor {
  constructor(private readonly sessions: SessionService) {}

  async intercept(context: ExecutionContext, _next: CallHandler): Promise<Observable<unknown>> {
    change(await this.sessions.of(context));
    return of('instead');
  }
}

class ProblemError extends Error {}

@Catch(ProblemError)
class SolvingFilter implements ExceptionFilter {
  constructor(private readonly status: number) {}

  catch(_error: ProblemError, host: ArgumentsHost): void {
    host.switchToHttp().getResponse<Answer>().status(this.status).send('solved');
  }
}

@Catch(ProblemError)
@Injectable()
class WritingFilter implements ExceptionFilter {
  constructor(private readonly sessions: SessionService) {}

  async catch(_error: ProblemError, host: ArgumentsHost): Promise<void> {
    change(await this.sessions.of(host));
    host.switchToHttp().getResponse<Answer>().status(400).send('noted');
  }
}

/** Counts what was not found, where the request asks for it. */
@Catch(NotFoundException)
@Injectable()
class NotFoundFilter implements ExceptionFilter {
  constructor(
    private readonly sessions: SessionService,
    private readonly host: HttpAdapterHost,
  ) {}

  async catch(error: HttpException, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    if (http.getRequest<{ headers: Record<string, string> }>().headers['x-filter']) {
      change(await this.sessions.of(host));
    }
    this.host.httpAdapter.reply(http.getResponse(), error.getResponse(), error.getStatus());
  }
}

@Injectable()
class ChangingMiddleware implements NestMiddleware {
  constructor(private readonly sessions: SessionService) {}

  async use(request: { headers: Record<string, string> }, response: ServerResponse, next: () => void): Promise<void> {
    const { 'x-middleware': wish } = request.headers;
    if (wish) change(await this.sessions.of(request));
    if (wish === 'refuse') throw new UnprocessableEntityException();
    if (wish === 'answer') response.end('from middleware');
    else next();
  }
}

@Controller()
class KindsController {
  @Get('object')
  object(@Session() session: Session) {
    change(session);
    return { an: 'object' };
  }

  @Get('string')
  string(@Session() session: Session) {
    change(session);
    return 'a string';
  }

  @Post('void')
  void(@Session() session: Session) {
    change(session);
  }

  @Get('no-content')
  @HttpCode(204)
  noContent(@Session() session: Session) {
    change(session);
  }

  @Get('accepted')
  @HttpCode(202)
  accepted(@Session() session: Session) {
    change(session);
    return 'accepted';
  }

  @Version('2')
  @Get('versioned')
  versioned(@Session() session: Session) {
    change(session);
    return 'version 2';
  }

  @Get('redirect')
  @Redirect('/elsewhere', 301)
  redirect(@Session() session: Session) {
    change(session);
  }

  @Get('dynamic-redirect')
  @Redirect('/elsewhere')
  dynamicRedirect(@Session() session: Session) {
    change(session);
    return { url: '/there', statusCode: 307 };
  }

  @Get('rendered')
  @Render('page.ejs')
  rendered(@Session() session: Session) {
    change(session);
    return { word: 'rendered' };
  }

  @Get('passthrough')
  passthrough(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    answer.status(202);
    change(session);
    return 'passed through';
  }

  @Get('send')
  send(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.status(200).send('sent');
  }

  @Get('send-after-a-while')
  async sendAfterAWhile(@Session() session: Session, @Res() answer: Answer) {
    await new Promise((resolve) => setImmediate(resolve));
    change(session);
    answer.send('sent');
  }

  @Get('send-first')
  sendFirst(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.send('sent');
    return new Promise((resolve) => setImmediate(resolve));
  }

  @Get('json')
  json(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    if (answer.json) answer.json({ sent: 'as JSON' });
    else answer.type('application/json').send(JSON.stringify({ sent: 'as JSON' }));
  }

  @Get('end')
  end(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.hijack?.();
    raw(answer).end('ended');
  }

  @Get('write-head')
  writeHead(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.hijack?.();
    raw(answer).writeHead(203, 'So So', { 'X-Raw': '1' }).end('by hand');
  }

  @Get('pipe')
  pipe(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.hijack?.();
    createReadStream(file).pipe(raw(answer));
  }

  @Get('send-stream')
  sendStream(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    if (answer.raw) answer.send(createReadStream(file));
    else createReadStream(file).pipe(answer);
  }

  @Get('send-file')
  async sendFile(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    if (!answer.raw) return void answer.sendFile(file);
    // What the `sendFile()` of @fastify/static does.
    const { statusCode, headers, stream } = await send(answer.request.raw, 'file.txt', { root: folder });
    answer.code(statusCode).headers(headers).send(stream);
  }

  @Get('next')
  next(@Session() session: Session, @Next() next: (() => void) | undefined, @Res() answer: Answer) {
    change(session);
    // Fastify has no next handler, so Nest hands none over.
    if (next) next();
    else answer.callNotFound();
  }

  @Get('streamable-file')
  streamableFile(@Session() session: Session) {
    change(session);
    return new StreamableFile(createReadStream(file));
  }

  @Get('generator')
  async *generator(@Session() session: Session) {
    change(session);
    yield 'one ';
    yield 'two';
  }

  @Get('observable')
  observable(@Session() session: Session) {
    return of(1).pipe(
      map(() => {
        change(session);
        return 'observed';
      }),
    );
  }

  @Get('observable-of-several')
  observableOfSeveral(@Session() session: Session) {
    return of(1, 2, 3).pipe(
      map((value) => {
        session.set('changes', 1);
        return `observed ${value}`;
      }),
    );
  }

  @Get('web-response')
  webResponse(@Session() session: Session) {
    change(session);
    return new Response('from the web', { status: 202, headers: { 'Set-Cookie': 'web=1' } });
  }

  @Get('web-stream')
  webStream(@Session() session: Session) {
    change(session);
    return new Response(Readable.toWeb(Readable.from(['streamed ', 'from the web'])) as never);
  }

  @Sse('events')
  events(@Session() session: Session): Observable<MessageEvent> {
    change(session);
    return from([{ data: 'first' }, { data: 'second' }]);
  }

  @Sse('events-after-a-while')
  async eventsAfterAWhile(@Session() session: Session): Promise<Observable<MessageEvent>> {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    change(session);
    return from([{ data: 'first' }]);
  }

  @Sse('late-events')
  lateEvents(@Session() session: Session): Observable<MessageEvent> {
    change(session);
    return timer(5).pipe(map(() => ({ data: 'first' })));
  }

  @Head('head')
  head(@Session() session: Session) {
    change(session);
  }

  @Options('options')
  options(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    change(session);
    answer.header('Allow', 'OPTIONS');
    return 'options';
  }

  @Get('fresh')
  fresh(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    change(session);
    // Express finds out by itself that the client has this already.
    if (answer.raw) answer.status(304);
    return 'known';
  }

  @Get('guard-passes')
  @UseGuards(ChangingGuard)
  guardPasses() {
    return 'guarded';
  }

  @Get('guard-refuses')
  @UseGuards(RefusingGuard)
  guardRefuses() {}

  @Get('pipe-refuses/:number')
  @UseGuards(ChangingGuard)
  pipeRefuses(@Session() _session: Session, @Param('number', ParseIntPipe) _number: number) {}

  @Get('interceptor-answers')
  @UseInterceptors(AnsweringInterceptor)
  interceptorAnswers() {}

  @Get('refused')
  refused(@Session() session: Session) {
    change(session);
    throw new UnprocessableEntityException();
  }

  @Get('solved')
  @UseFilters(new SolvingFilter(200))
  solved(@Session() session: Session) {
    change(session);
    throw new ProblemError();
  }

  @Get('solved-in-part')
  @UseFilters(new SolvingFilter(409))
  solvedInPart(@Session() session: Session) {
    change(session);
    throw new ProblemError();
  }

  @Get('filter-writes')
  @UseFilters(WritingFilter)
  filterWrites() {
    throw new ProblemError();
  }

  @Get('broken')
  broken(@Session() session: Session) {
    change(session);
    throw new Error('broken on purpose');
  }

  @Get('broken-by-hand')
  brokenByHand(@Session() session: Session, @Res() answer: Answer) {
    change(session);
    answer.status(500).send('broken');
  }

  @Get('untouched')
  untouched(@Req() _request: unknown) {
    return 'untouched';
  }
}

@Controller('outside')
class OutsideController {
  @Get()
  outside(@Session() session: Session) {
    change(session);
    return 'outside';
  }
}

@Module({
  controllers: [KindsController, OutsideController],
  providers: [{ provide: APP_FILTER, useClass: NotFoundFilter }],
})
export class KindsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(ChangingMiddleware).forRoutes('{*splat}');
  }
}

/** Everything but the module: a prefix, versions, views and files. */
export async function configureKinds(app: INestApplication): Promise<void> {
  app.use(async (request: IncomingMessage, _response: ServerResponse, next: () => void) => {
    if (request.headers['x-function']) change(await app.get(SessionService).of(request));
    next();
  });
  app.setGlobalPrefix('api', { exclude: ['outside'] });
  app.enableVersioning({ type: VersioningType.URI });
  if (app.getHttpAdapter().getType() === 'fastify') {
    const fastify = app as NestFastifyApplication;
    await fastify.register(fastifyView as never, { engine: { ejs }, root: folder } as never);
  } else {
    const express = app as NestExpressApplication;
    express.engine('ejs', ejs.renderFile);
    express.setBaseViewsDir(folder);
  }
}

export const responseKinds: ResponseKind[] = [
  { name: 'an object', path: '/api/object', status: 200, body: '{"an":"object"}' },
  { name: 'a string', path: '/api/string', status: 200, body: 'a string' },
  { name: 'nothing', path: '/api/void', method: 'POST', status: 201, body: '' },
  { name: '`@HttpCode(204)`', path: '/api/no-content', status: 204, body: '' },
  { name: '`@HttpCode(202)` with a body', path: '/api/accepted', status: 202, body: 'accepted' },
  { name: 'a versioned route', path: '/api/v2/versioned', status: 200, body: 'version 2' },
  { name: 'a route outside the global prefix', path: '/outside', status: 200, body: 'outside' },
  { name: '`@Redirect()`', path: '/api/redirect', status: 301 },
  { name: '`@Redirect()` to where the handler says', path: '/api/dynamic-redirect', status: 307 },
  { name: '`@Render()`', path: '/api/rendered', status: 200, body: '<p>rendered</p>' },
  { name: '`@Res({ passthrough: true })`', path: '/api/passthrough', status: 202, body: 'passed through' },
  { name: '`@Res()`: `send()`', path: '/api/send', status: 200, body: 'sent' },
  { name: '`@Res()`: `send()` after an await', path: '/api/send-after-a-while', status: 200, body: 'sent' },
  { name: '`@Res()`: `send()` before the handler is done', path: '/api/send-first', status: 200, body: 'sent' },
  { name: '`@Res()`: `json()`', path: '/api/json', status: 200, body: '{"sent":"as JSON"}' },
  { name: '`@Res()`: `end()` of the raw response', path: '/api/end', status: 200, body: 'ended' },
  { name: '`@Res()`: `writeHead()` of the raw response', path: '/api/write-head', status: 203, body: 'by hand' },
  { name: '`@Res()`: a stream piped into the raw response', path: '/api/pipe', status: 200, body: 'from a file' },
  { name: '`@Res()`: a stream that is sent', path: '/api/send-stream', status: 200, body: 'from a file' },
  { name: '`@Res()`: `sendFile()`', path: '/api/send-file', status: 200, body: 'from a file' },
  { name: '`@Next()` to no further handler', path: '/api/next', status: 404 },
  { name: '`StreamableFile`', path: '/api/streamable-file', status: 200, body: 'from a file' },
  { name: 'an async generator', path: '/api/generator', status: 200, body: 'one two' },
  { name: 'an Observable of one value', path: '/api/observable', status: 200, body: 'observed' },
  { name: 'an Observable of several values', path: '/api/observable-of-several', status: 200, body: 'observed 3' },
  { name: 'a web `Response`', path: '/api/web-response', status: 202, body: 'from the web' },
  { name: 'a web `Response` with a stream', path: '/api/web-stream', status: 200, body: 'streamed from the web' },
  { name: '`@Sse()`', path: '/api/events', status: 200, body: 'data: second' },
  { name: '`@Sse()` with an async handler', path: '/api/events-after-a-while', status: 200, body: 'data: first' },
  { name: '`@Sse()` whose first event comes later', path: '/api/late-events', status: 200, body: 'data: first' },
  { name: 'HEAD of a `@Get()` route', path: '/api/object', method: 'HEAD', status: 200, body: '' },
  { name: 'HEAD of a `@Head()` route', path: '/api/head', method: 'HEAD', status: 200, body: '' },
  { name: 'OPTIONS', path: '/api/options', method: 'OPTIONS', status: 200, body: 'options' },
  { name: '304', path: '/api/fresh', headers: { 'If-None-Match': '*' }, status: 304, body: '' },
  { name: 'a guard that lets pass', path: '/api/guard-passes', status: 200, body: 'guarded' },
  { name: 'a guard that refuses', path: '/api/guard-refuses', status: 403 },
  { name: 'a pipe that refuses', path: '/api/pipe-refuses/x', status: 400 },
  { name: 'an interceptor that answers itself', path: '/api/interceptor-answers', status: 200, body: 'instead' },
  {
    name: 'middleware that answers itself',
    path: '/api/untouched',
    headers: { 'X-Middleware': 'answer' },
    status: 200,
    body: 'from middleware',
  },
  {
    name: 'middleware that refuses',
    path: '/api/untouched',
    headers: { 'X-Middleware': 'refuse' },
    status: 422,
  },
  {
    name: 'middleware that goes on',
    path: '/api/untouched',
    headers: { 'X-Middleware': 'pass' },
    status: 200,
    body: 'untouched',
  },
  { name: '404, changed by middleware', path: '/api/nowhere', headers: { 'X-Middleware': 'pass' }, status: 404 },
  { name: '404, changed by an exception filter', path: '/api/nowhere', headers: { 'X-Filter': '1' }, status: 404 },
  {
    name: '404 outside the global prefix, changed by `app.use()`',
    path: '/nowhere',
    headers: { 'X-Function': '1' },
    status: 404,
  },
  { name: 'an exception with a status below 500', path: '/api/refused', status: 422 },
  { name: 'an exception that a filter turns into 200', path: '/api/solved', status: 200, body: 'solved' },
  { name: 'an exception that a filter turns into 409', path: '/api/solved-in-part', status: 409, body: 'solved' },
  { name: 'a filter that writes to the session', path: '/api/filter-writes', status: 400, body: 'noted' },
  { name: 'an exception that nobody catches', path: '/api/broken', status: 500, isStored: false },
  { name: '`@Res()` with a status of 500', path: '/api/broken-by-hand', status: 500, body: 'broken', isStored: false },
];
