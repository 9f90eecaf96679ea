import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication, Type } from '@nestjs/common';
import request from 'supertest';
import { cookieOf, platforms, setCookies } from '../support/applications.js';
import { TestClock } from '../support/test-clock.js';
import { setEnvironment, startExample } from './start-example.js';
import { playTranscripts } from './transcripts.js';

const DAY = 24 * 60 * 60;

let AppModule: Type;
beforeAll(async () => {
  setEnvironment({});
  ({ AppModule } = await import('../../docs/examples/login/app.module.js'));
});

describe.each(platforms)('the login of the docs on $name', (platform) => {
  let app: INestApplication;
  let clock: TestClock;

  beforeAll(async () => {
    clock = new TestClock();
    app = await startExample(platform, AppModule, clock);
    await register('ann', 'correct horse');
    await register('bob', 'battery staple');
  });
  afterAll(() => app.close());
  // In a year every session has come to its end.
  afterEach(() => clock.advance(365 * DAY));

  const browser = () => request.agent(app.getHttpServer());
  const register = async (name: string, password: string) => {
    const agent = browser();
    await agent.post('/register').send({ name, password }).expect(201);
    await agent.post('/logout').expect(204);
  };
  const logIn = async (name = 'ann', password = 'correct horse', more = {}) => {
    const agent = browser();
    const response = await agent.post('/login').send({ name, password, ...more });
    return { agent, response };
  };

  it('answers what the page shows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
    const own = await startExample(platform, AppModule);
    const { port } = own.getHttpServer().address() as AddressInfo;
    await playTranscripts('docs/guards-and-login.md', { port, cwd: folder });
    await own.close();
    await rm(folder, { recursive: true });
  });

  it('lets through who knows the password, until they log out', async () => {
    const { agent } = await logIn();
    await agent.get('/me').expect(200, { name: 'ann' });
    await agent.post('/logout').expect(204);
    await agent.get('/me').expect(401);
  });

  it.each([
    ['a wrong password', { name: 'ann', password: 'correct horse ' }],
    ['the password of another', { name: 'ann', password: 'battery staple' }],
    ['a name that nobody has', { name: 'eve', password: 'correct horse' }],
  ])('does not let through %s', async (_, form) => {
    const agent = browser();
    await agent.post('/login').send(form).expect(401);
    await agent.get('/me').expect(401);
  });

  it.each([{}, { name: 'ann' }, { name: { $ne: '' }, password: 'x' }, { name: 'ann', password: ['correct horse'] }])(
    'refuses the form %j',
    (form) => browser().post('/login').send(form).expect(400),
  );

  it('takes a password however its letters were typed', async () => {
    await register('zoé', 'caf\u00e9');
    expect((await logIn('zoé', 'cafe\u0301')).response.status).toBe(200);
  });

  it('does not give a name away twice', () =>
    browser().post('/register').send({ name: 'ann', password: 'x' }).expect(409));

  it('gives the session a new key', async () => {
    const { agent, response } = await logIn();
    const before = cookieOf(response)!;
    const after = cookieOf(await agent.post('/login').send({ name: 'ann', password: 'correct horse' }))!;
    expect(after).not.toBe(before);
    await request(app.getHttpServer()).get('/me').set('Cookie', before).expect(401);
  });

  it('remembers only who wants that', async () => {
    expect(setCookies((await logIn()).response)[0]).not.toMatch(/max-age/i);
    expect(setCookies((await logIn('ann', 'correct horse', { remember: true })).response)[0]).toContain(
      `Max-Age=${30 * DAY}`,
    );
  });

  it('ends every session after 90 days, however often it is used', async () => {
    const { agent } = await logIn('ann', 'correct horse', { remember: true });
    for (let month = 0; month < 3; month++) {
      clock.advance(29 * DAY);
      await agent.post('/login').send({ name: 'ann', password: 'correct horse', remember: true }).expect(200);
    }
    await agent.get('/me').expect(200);
    clock.advance(4 * DAY);
    await agent.get('/me').expect(401);
  });

  it('shows the devices of the user, and ends one of them', async () => {
    const { agent } = await logIn();
    const other = (await logIn()).agent;
    const bob = (await logIn('bob', 'battery staple')).agent;
    const { body: devices } = await agent.get('/devices').expect(200);
    expect(devices).toHaveLength(2);
    expect(devices.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);

    const { body: others } = await other.get('/devices').expect(200);
    const { handle } = others.find(({ current }: { current: boolean }) => current);
    await bob.delete(`/devices/${handle}`).expect(404);
    await other.get('/me').expect(200);
    await agent.delete(`/devices/${handle}`).expect(204);
    await other.get('/me').expect(401);
    await agent.get('/me').expect(200);
  });

  it('logs out everywhere else', async () => {
    const { agent } = await logIn();
    const other = (await logIn()).agent;
    await agent.delete('/devices').expect(200, { ended: 1 });
    await other.get('/me').expect(401);
    await agent.get('/me').expect(200);
  });

  it('ends the other sessions when the password changes', async () => {
    await register('cal', 'old one');
    const { agent } = await logIn('cal', 'old one');
    const other = (await logIn('cal', 'old one')).agent;
    await agent.patch('/password').send({ old: 'wrong', new: 'new one' }).expect(401);
    await other.get('/me').expect(200);
    await agent.patch('/password').send({ old: 'old one', new: 'new one' }).expect(204);
    await other.get('/me').expect(401);
    await agent.get('/me').expect(200, { name: 'cal' });
    expect((await logIn('cal', 'old one')).response.status).toBe(401);
    expect((await logIn('cal', 'new one')).response.status).toBe(200);
  });

  it('keeps the data of one user from the next in the same browser', async () => {
    const { agent } = await logIn();
    await agent.post('/login').send({ name: 'bob', password: 'battery staple' }).expect(200);
    await agent.get('/me').expect(200, { name: 'bob' });
    expect((await agent.get('/devices').expect(200)).body).toHaveLength(1);
  });
});
