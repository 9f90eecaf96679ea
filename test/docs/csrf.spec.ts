import { once } from 'node:events';
import { get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, type INestApplication, type NestApplicationOptions, Post } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { DataSource } from 'typeorm';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';
import { TestClock } from '../support/test-clock.js';
import { setEnvironment } from './start-example.js';

type Create = (adapter: AbstractHttpAdapter, options: NestApplicationOptions) => Promise<INestApplication>;

let createApp: Create;
let createOpenApp: Create;
beforeAll(async () => {
  setEnvironment({});
  ({ createApp, createOpenApp } = await import('../../docs/examples/csrf/create-app.js'));
});

const NAME = '__Host-sessionid';
const FOREIGN = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };

describe.each(platforms)('the protection against forged requests of the docs on $name', (platform) => {
  let app: INestApplication;
  let cookie: string;

  beforeAll(async () => {
    app = await createApp(platform.adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    cookie = cookieOf(await post('/login', {}, 'name=ann').expect(201), NAME)!;
  });
  afterAll(() => app.close());

  const post = (path: string, headers: Record<string, string>, form = '', to = app) =>
    request(to.getHttpServer()).post(path).set(headers).type('form').send(form);
  /** What the store holds. */
  const rows = (): Promise<unknown[]> => app.get(DataSource).query('SELECT * FROM session ORDER BY session_key');

  it.each<[string, Record<string, string>]>([
    ['another site', FOREIGN],
    ['a subdomain, or another application on the same domain', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site, in a browser that says no more than the origin', { Origin: 'https://evil.example' }],
    ['a frame in a sandbox, in such a browser', { Origin: 'null' }],
  ])('refuses a form of %s with the cookie of a session, and leaves that as it is', async (_, headers) => {
    const before = await rows();
    const response = await post('/transfer', { ...headers, Cookie: cookie }).expect(403);
    expect(response.body).toMatchObject({ statusCode: 403, error: 'Forbidden' });
    expect([setCookies(response), response.headers.vary]).toEqual([[], undefined]);
    expect(await rows()).toEqual(before);
  });

  it('refuses to log a browser in for another site', async () => {
    const before = await rows();
    const response = await post('/login', FOREIGN, 'name=mallory').expect(403);
    expect(setCookies(response)).toEqual([]);
    expect(await rows()).toEqual(before);
  });

  it.each<[string, Record<string, string>]>([
    ['its own page', { 'Sec-Fetch-Site': 'same-origin' }],
    ['what the user started, e.g. by going back', { 'Sec-Fetch-Site': 'none' }],
    ['a program that is no browser, or a browser from before both headers', {}],
  ])('lets through a form of %s', async (_, headers) => {
    const { transfers } = JSON.parse((await post('/transfer', { ...headers, Cookie: cookie })).text);
    const account = await request(app.getHttpServer()).get('/account').set('Cookie', cookie).expect(200);
    expect(account.body).toEqual({ user: 'ann', transfers });
    expect(transfers).toBeGreaterThan(0);
  });

  it('lets through its own page in a browser that says no more than the origin, if a proxy keeps the host', async () => {
    const origin = { Origin: 'https://bank.example', Cookie: cookie };
    await post('/transfer', { ...origin, Host: 'bank.example' }).expect(201);
    await post('/transfer', { ...origin, Host: 'bank.internal' }).expect(403);
    await post('/transfer', { ...origin, Host: 'bank.internal', 'Sec-Fetch-Site': 'same-origin' }).expect(201);
  });

  it.each(['get', 'head', 'options'] as const)(
    'does not look at a request by %s, from wherever it comes',
    async (method) => {
      const { status } = await request(app.getHttpServer())
        [method]('/account')
        .set({ ...FOREIGN, Cookie: cookie });
      expect([200, 204, 404]).toContain(status);
    },
  );

  it.each(['post', 'put', 'patch', 'delete'] as const)(
    'refuses a request by %s before it looks at anything else',
    (method) => request(app.getHttpServer())[method]('/nowhere').set(FOREIGN).type('json').send('no JSON').expect(403),
  );

  it('does not look at the handshake of a WebSocket', async () => {
    const headers = { ...FOREIGN, Cookie: cookie, Connection: 'Upgrade', Upgrade: 'websocket' };
    const server = app.getHttpServer() as Server;
    server.once('upgrade', ({ socket, headers: { origin } }: IncomingMessage) => {
      socket.end(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-Origin: ${origin}\r\n\r\n`,
      );
    });
    const handshake = get({ port: (server.address() as AddressInfo).port, headers });
    const [response] = (await once(handshake, 'upgrade')) as [IncomingMessage];
    expect(response.headers['x-origin']).toBe(FOREIGN.Origin);
  });

  it('sends the cookie in a way that browsers take for the name', async () => {
    const response = await post('/login', {}, 'name=ann');
    expect(setCookies(response)).toEqual([
      expect.stringMatching(
        /^__Host-sessionid=\w+; expires=[^;]+; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax; Secure$/,
      ),
    ]);
  });

  it('lets through whom it is told to trust, and what it is told to leave alone', async () => {
    const open = await createOpenApp(platform.adapter(), { logger: false });
    await open.listen(0, '127.0.0.1');
    const login = cookieOf(await post('/login', {}, 'name=ann', open), NAME)!;
    const shop = { Cookie: login, 'Sec-Fetch-Site': 'same-site' };
    await post('/transfer', { ...shop, Origin: 'https://shop.example.com' }, '', open).expect(201);
    await post('/transfer', { ...shop, Origin: 'https://forum.example.com' }, '', open).expect(403);
    await post('/transfer', { ...FOREIGN, Cookie: login }, '', open).expect(403);
    await post('/webhooks/payment', FOREIGN, '', open).expect(204);
    await post('/webhooks/other', FOREIGN, '', open).expect(403);
    await open.close();
  });
});

@Controller()
class EveryRequestController {
  @Get('read')
  read(@Session() session: Session) {
    return session;
  }

  @Post('write')
  write(@Session() session: Session) {
    session.set('written', true);
  }
}

describe.each(platforms)('a refused request on $name', (platform) => {
  // Express comes to the session first, as it does where middleware refuses.
  const renewed = platform.name === 'Express' ? 1 : 0;

  it.each([
    { options: {}, cookies: 0 },
    { options: { expressCompat: true }, cookies: 0 },
    { options: { saveEveryRequest: true }, cookies: renewed },
  ])('changes no data of a session and sends as many cookies as it should: %j', async ({ options, cookies }) => {
    const clock = new TestClock();
    const engine = new MemoryEngine({ clock });
    const app = await startApplication(
      platform,
      { controllers: [EveryRequestController] },
      { engine, ...options },
      (created) => created.enableCsrfProtection(),
      clock,
    );
    const { key } = await app.get(SessionService).create({ a: 1 });
    clock.advance(100);
    const response = await request(app.getHttpServer())
      .post('/write')
      .set({ ...FOREIGN, Cookie: `sessionid=${key}` })
      .expect(403);
    const session = (await app.get(SessionService).find(key!))!;
    expect([session.toJSON(), setCookies(response).length]).toEqual([{ a: 1 }, cookies]);
    await app.close();
  });
});
