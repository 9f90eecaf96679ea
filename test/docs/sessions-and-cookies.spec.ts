import { once } from 'node:events';
import { type INestApplication, type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { WsAdapter } from '@nestjs/platform-ws';
import { SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { WebSocket } from 'ws';
import { PreferencesController } from '../../docs/examples/sessions/preferences.controller.js';
import { ReportsService } from '../../docs/examples/sessions/reports.service.js';
import { VisitsMiddleware } from '../../docs/examples/sessions/visits.middleware.js';
import { WhoamiGateway } from '../../docs/examples/sessions/whoami.gateway.js';
import { WishlistController } from '../../docs/examples/sessions/wishlist.controller.js';
import { platforms, setCookies, startApplication } from '../support/applications.js';
import { codeBlocksOf, textOf } from './pages.js';

@Module({})
class VisitsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(VisitsMiddleware).forRoutes('visited');
  }
}

describe.each(platforms)('the examples of sessions and cookies on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(
      platform,
      {
        imports: [VisitsModule],
        controllers: [WishlistController, PreferencesController],
        providers: [ReportsService, WhoamiGateway],
      },
      { engine: new MemoryEngine() },
      (created) => created.useWebSocketAdapter(new WsAdapter(created)),
    );
  });
  afterAll(() => app.close());

  const browser = () => request.agent(app.getHttpServer());

  it('change a value in place and by compute, and make no session for who only reads', async () => {
    const visitor = browser();
    expect(setCookies(await visitor.get('/wishes').expect(200, []))).toEqual([]);
    await visitor.post('/wishes').send({ wish: 'pen' }).expect(201, ['pen']);
    await visitor.post('/wishes').send({ wish: 'ink' }).expect(201, ['pen', 'ink']);
    await visitor.delete('/wishes/0').expect(200, ['ink']);
    await visitor.get('/wishes').expect(200, ['ink']);
  });

  it('count visits in middleware, also where there is no route', async () => {
    const visitor = browser();
    await visitor.get('/visited').expect(404);
    const { headers } = await visitor.get('/visited').expect(404);
    expect(headers['set-cookie']?.[0]).toMatch(/^sessionid=/);
    const key = /sessionid=(\w+)/.exec(headers['set-cookie']![0]!)![1]!;
    expect((await app.get(SessionService).find(key))?.get('visits')).toBe(2);
  });

  it('put something into a session from outside of any request', async () => {
    const sessions = app.get(SessionService);
    const { key } = await sessions.create({ userId: 1 });
    await app.get(ReportsService).deliver(key!, '/reports/1');
    expect((await sessions.find(key!))?.get('report')).toBe('/reports/1');
    await sessions.delete(key!);
    await app.get(ReportsService).deliver(key!, '/reports/2');
    expect(await sessions.find(key!)).toBeUndefined();
  });

  it('read the session of a handshake', async () => {
    const { key } = await app.get(SessionService).create({ user: 'ann' });
    const url = (await app.getUrl()).replace('http', 'ws');
    const socket = new WebSocket(url, { headers: { cookie: `sessionid=${key}` } });
    await once(socket, 'open');
    socket.send(JSON.stringify({ event: 'whoami' }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    socket.close();
    expect(JSON.parse(message.toString())).toEqual({ user: 'ann' });
  });

  it('read, set and delete cookies', async () => {
    const visitor = browser();
    await visitor.get('/preferences').expect(200, { theme: 'light', size: 16 });
    await visitor.get('/preferences').set('Cookie', 'size=20').expect(200, { theme: 'light', size: 20 });
    await visitor.get('/preferences').set('Cookie', 'size=big').expect(400);
    const response = await visitor.post('/preferences').set('Cookie', 'size=20').send({ theme: 'dark' });
    expect(response.body).toEqual({ theme: 'dark', hasSize: false });
    expect(setCookies(response)).toEqual([
      expect.stringMatching(/^theme=dark; .*Max-Age=31536000/),
      expect.stringMatching(/^size=; .*Max-Age=0/),
    ]);
  });

  it('take a signed cookie only as it was set', async () => {
    const visitor = browser();
    await visitor.get('/preferences/referrer').expect(200, { partner: null });
    const [cookie = ''] = setCookies(await visitor.post('/preferences/referrer').send({ partner: 'ann' }).expect(201));
    await visitor.get('/preferences/referrer').expect(200, { partner: 'ann' });
    const altered = cookie.split(';')[0]!.replace('ann', 'bob');
    await request(app.getHttpServer()).get('/preferences/referrer').set('Cookie', altered).expect(400);
  });
});

it('the page quotes the refusal of a Date as it is', async () => {
  const app = await startApplication(platforms[0]!, {}, { engine: new MemoryEngine() });
  const session = await app.get(SessionService).create();
  const [quoted] = codeBlocksOf(textOf('docs/sessions-and-cookies.md')).filter(({ language }) => language === 'text');
  expect(() => session.set('cart', [{ addedAt: new Date() }])).toThrow(quoted!.code.trim());
  await app.close();
});
