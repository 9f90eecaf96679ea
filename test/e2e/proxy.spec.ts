import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cookies, Session, type SessionModuleOptions } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { setCookies, startApplication } from '../support/applications.js';
import { RecordingLogger } from '../support/recording-logger.js';

@Controller()
class ProxyController {
  @Post()
  change(@Session() session: Session) {
    session.set('changed', true);
  }

  @Get()
  read(@Session('changed') changed: unknown, @Cookies() cookies: Cookies) {
    cookies.set('other', '1');
    return { changed };
  }
}

function trustingExpress(): ExpressAdapter {
  const adapter = new ExpressAdapter();
  adapter.set('trust proxy', 'loopback');
  return adapter;
}

const platforms = [
  {
    name: 'Express',
    adapter: () => new ExpressAdapter(),
    trusting: { name: 'Express', adapter: trustingExpress },
  },
  {
    name: 'Fastify',
    adapter: () => new FastifyAdapter(),
    trusting: { name: 'Fastify', adapter: () => new FastifyAdapter({ trustProxy: 'loopback' }) },
  },
];

describe.each(platforms)('behind a proxy on $name', (platform) => {
  const logger = new RecordingLogger();
  let app: INestApplication | undefined;

  afterEach(() => app?.close());
  beforeEach(() => logger.warnings.splice(0));

  const start = async (trusts: boolean, options: Partial<SessionModuleOptions> = {}): Promise<void> => {
    app = await startApplication(
      trusts ? platform.trusting : platform,
      { controllers: [ProxyController] },
      { engine: new MemoryEngine(), ...options },
      (created) => created.useLogger(logger),
    );
  };
  const post = async (protocol?: string): Promise<string> => {
    const response = await request(app!.getHttpServer())
      .post('/')
      .set(protocol ? { 'X-Forwarded-Proto': protocol } : {})
      .expect(201);
    return setCookies(response)[0]!;
  };

  it('the cookie is Secure when a trusted proxy says that the client used HTTPS', async () => {
    await start(true);
    expect(await post('https')).toMatch(/; Secure$/);
    expect(await post('http')).not.toContain('Secure');
    expect(await post()).not.toContain('Secure');
    expect(logger.warnings).toEqual([]);
  });

  it('the cookie is not Secure because somebody untrusted says so', async () => {
    await start(false);
    expect(await post('https')).not.toContain('Secure');
    expect(logger.warnings).toEqual([]);
  });

  it('the cookie that logs out is as Secure as the one it deletes', async () => {
    await start(true);
    const response = await request(app!.getHttpServer())
      .get('/')
      .set({ 'X-Forwarded-Proto': 'https', Cookie: `sessionid=${'u'.repeat(32)}` })
      .expect(200);
    expect(setCookies(response).find((cookie) => cookie.startsWith('sessionid='))).toMatch(/Max-Age=0.*; Secure$/);
  });

  it('a Secure cookie over plain HTTP is one line in the log that says why browsers drop it', async () => {
    await start(false, { cookieSecure: true });
    expect(await post()).toMatch(/; Secure$/);
    expect(await post('https')).toMatch(/; Secure$/);
    expect(logger.warnings).toEqual([expect.stringMatching(/plain HTTP.*browsers drop it.*trust proxy.*trustProxy/)]);
  });

  it('a Secure cookie over HTTPS is no line in the log', async () => {
    await start(true, { cookieSecure: true });
    expect(await post('https')).toMatch(/; Secure$/);
    expect(logger.warnings).toEqual([]);
  });

  it('a cookie that must never be Secure is not, whatever the proxy says', async () => {
    await start(true, { cookieSecure: false });
    expect(await post('https')).not.toContain('Secure');
    expect(logger.warnings).toEqual([]);
  });
});
