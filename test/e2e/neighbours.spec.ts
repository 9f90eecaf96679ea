import { Controller, Get, Header, type INestApplication, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyCompress from '@fastify/compress';
import fastifyCookie from '@fastify/cookie';
import compression from 'compression';
import express from 'express';
import { Cookies, Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { platforms, setCookies, startApplication } from '../support/applications.js';
import { StagedEngine } from '../support/staged-engine.js';

const LONG = 'compressible '.repeat(1000);

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Answer = any;

@Controller()
class NeighboursController {
  constructor(private readonly host: HttpAdapterHost) {}

  @Get('library')
  library(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    session.set('a', 1);
    if (answer.setCookie) answer.setCookie('theirs', '1');
    else answer.cookie('theirs', '1');
    return 'body';
  }

  @Get('nest')
  nest(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    session.set('a', 1);
    this.host.httpAdapter.setCookie(answer, 'theirs', '1');
    return 'body';
  }

  @Get('header')
  @Header('Set-Cookie', 'theirs=1')
  @Header('Vary', 'Origin')
  header(@Session() session: Session, @Cookies() cookies: Cookies) {
    session.set('a', 1);
    cookies.set('ours', '1');
    return 'body';
  }

  @Get('raw')
  raw(@Session() session: Session, @Res({ passthrough: true }) answer: Answer) {
    session.set('a', 1);
    (answer.raw ?? answer).appendHeader('Set-Cookie', 'theirs=1');
    return 'body';
  }

  @Get('write-head')
  writeHead(@Session() session: Session, @Res() answer: Answer) {
    session.set('a', 1);
    answer.hijack?.();
    (answer.raw ?? answer).writeHead(200, { 'set-cookie': ['theirs=1', 'theirs-too=1'] }).end('body');
  }

  @Get('long')
  long(@Session() session: Session) {
    session.set('a', 1);
    return LONG;
  }

  @Get('long-stream')
  async *longStream(@Session() session: Session) {
    session.set('a', 1);
    yield LONG;
    yield LONG;
  }
}

describe.each(platforms)('beside others on $name', (platform) => {
  let app: INestApplication;
  const engine = new StagedEngine(new MemoryEngine());

  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [NeighboursController] }, { engine }, async (created) => {
      if (platform.name === 'Express') return created.use(compression({ threshold: 0 }));
      const fastify = created as NestFastifyApplication;
      await fastify.register(fastifyCookie as never);
      await fastify.register(fastifyCompress as never, { threshold: 0 } as never);
    });
  });
  afterAll(() => app.close());

  const get = (path: string) => request(app.getHttpServer()).get(path);

  it.each([
    ['a cookie library', '/library', ['sessionid', 'theirs']],
    ['Nest itself', '/nest', ['sessionid', 'theirs']],
    ['@Header()', '/header', ['ours', 'sessionid', 'theirs']],
    ['the raw response', '/raw', ['sessionid', 'theirs']],
    ['writeHead()', '/write-head', ['sessionid', 'theirs', 'theirs-too']],
  ])('the cookies of %s are sent with that of the session', async (_, path, names) => {
    const response = await get(path).expect(200);
    expect(
      setCookies(response)
        .map((cookie) => cookie.split('=')[0])
        .toSorted(),
    ).toEqual(names);
  });

  it('Vary keeps what others put there', async () => {
    expect((await get('/header').expect(200)).headers.vary).toMatch(/Origin.*Cookie/);
  });

  it.each(['/long', '/long-stream'])('%s is compressed and carries the cookie', async (path) => {
    const response = await get(path).set('Accept-Encoding', 'gzip').expect(200);
    expect(response.headers['content-encoding']).toBe('gzip');
    expect(setCookies(response)).toHaveLength(1);
    expect(response.text ?? response.body.toString()).toContain(LONG);
  });

  it.each(['/long', '/long-stream', '/write-head'])(
    '%s is an error that can be read when the store fails',
    async (path) => {
      engine.fail('create', new Error('down'));
      const response = await get(path).set('Accept-Encoding', 'gzip').expect(503);
      expect(response.body).toMatchObject({ statusCode: 503 });
      expect(setCookies(response).filter((cookie) => cookie.startsWith('sessionid='))).toEqual([]);
    },
  );
});

describe('an application of Express that is called as a function', () => {
  const foreign = express();
  foreign.get('/foreign', (_request, response) => void response.end('theirs'));
  let app: INestApplication;

  beforeAll(async () => {
    const platform = platforms.find(({ name }) => name === 'Express')!;
    app = await startApplication(platform, {}, {}, (created) => {
      const sessions = created.get(SessionService);
      created.use(async (incoming: object, _response: object, next: () => void) => {
        (await sessions.of(incoming)).set('a', 1);
        next();
      });
      // It gives the response a prototype of its own, and never gives back the one that it had.
      created.use((incoming: never, response: never, next: () => void) => foreign(incoming, response, next));
    });
  });
  afterAll(() => app.close());

  it('answers when the session is stored', async () => {
    const response = await request(app.getHttpServer()).get('/foreign').expect(200, 'theirs');
    expect(setCookies(response)).toEqual([expect.stringMatching(/^sessionid=/)]);
  });
});
