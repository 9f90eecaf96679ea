import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { ENGINES, readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { describeWith, onSharedRedis } from '../support/services.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
});

afterEach(() => rm(folder, { recursive: true }));

type Agent = ReturnType<typeof request.agent>;

async function withApp(environment: NodeJS.ProcessEnv, use: (browser: Agent) => Promise<void>): Promise<void> {
  const app = await createApp(readConfiguration({ SECRET_KEY: 's'.repeat(50), ...environment }, folder), {
    logger: false,
  });
  try {
    await app.init();
    await use(request.agent(app.getHttpServer()));
  } finally {
    await app.close();
  }
}

async function keepsSessions(browser: Agent): Promise<void> {
  await browser
    .put('/session/cart')
    .send({ value: ['book'] })
    .expect(200);
  await browser.post('/login').send({ user: 'Ada' }).expect(201);
  await browser.post('/counter').expect(201, { count: 1 });
  const { data } = (await browser.get('/session').expect(200)).body;
  expect(data).toEqual({ cart: ['book'], user: 'Ada', count: 1 });
  await browser.post('/logout').expect(201);
  await browser.get('/me').expect(401);
}

describe.each(ENGINES)('The sample application with the engine %s', (engine) => {
  const environment = () => ({ SESSION_ENGINE: engine, SESSION_FILE_PATH: join(folder, 'files') });

  it('keeps sessions, and makes a database only where one is needed', async () => {
    await withApp(environment(), keepsSessions);
    expect((await readdir(folder)).includes('sessions.sqlite')).toBe(engine === 'db' || engine === 'cached_db');
  });

  it('names the engine on the page, and shows nothing of its cookie', () =>
    withApp(environment(), async (browser) => {
      const { headers } = await browser.put('/session/shelf').send({ value: ['book'] });
      const cookie = /sessionid=([^;]+)/.exec(headers['set-cookie']![0]!)![1]!;
      const { text } = await browser.get('/');
      expect(text).toContain(`<code>${engine}</code>`);
      expect(text).not.toContain(cookie.slice(0, 5));
    }));
});

describe('The sample application with the engine signed_cookies', () => {
  it('answers 400 to more than fits into a cookie', () =>
    withApp({ SESSION_ENGINE: 'signed_cookies' }, async (browser) => {
      // Nothing that compression could make fit.
      const value = createHash('shake256', { outputLength: 8000 }).digest('hex');
      const response = await browser.put('/session/cart').send({ value }).expect(400);
      expect(response.body.message).toMatch(/does not fit into its cookie/);
      expect(response.headers['set-cookie']).toBeUndefined();
    }));
});

describe('The sample application with DJANGO_VERSION', () => {
  it('sells prints, and says why there are no devices to see: what Django stores names no users', () =>
    withApp(
      { DJANGO_VERSION: '4.2', SESSION_ENGINE: 'file', SESSION_FILE_PATH: join(folder, 'files') },
      async (browser) => {
        await browser.post('/cart/add').type('form').send({ print: 'reeds' }).expect(303);
        await browser.post('/sign-in').type('form').send({ user: 'ada', password: 'analytical engine' }).expect(303);
        expect((await browser.get('/session')).body.data).toMatchObject({ cart: { reeds: 1 }, userId: 'ada' });
        expect((await browser.get('/devices').expect(200)).text).toContain('There is no list here');
      },
    ));
});

await describeWith('redis', 'The sample application with REDIS_URL', () => {
  it.each(['cache', 'cached_db'])('keeps sessions of the engine %s in Redis, and lets go of it at the end', (engine) =>
    withApp({ SESSION_ENGINE: engine, ...onSharedRedis }, keepsSessions),
  );
});
