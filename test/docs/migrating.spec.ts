import type { INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { platforms } from '../support/applications.js';
import { Browser } from '../support/browser.js';
import { nextYear } from '../support/old-shops.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWith, type Service } from '../support/services.js';
import { setEnvironment, startExample } from './start-example.js';

interface Before {
  start(options: NestApplicationOptions): Promise<INestApplication>;
}

interface After {
  readonly AppModule: Type;
}

interface Example {
  readonly library: string;
  readonly service?: Service;
  readonly oldCookies: readonly string[];
  before(): Promise<Before>;
  after(): Promise<After>;
  /** Between the one and the other. */
  change?(): Promise<void>;
}

const examples: Example[] = [
  {
    library: 'express-session',
    service: 'redisServer',
    oldCookies: ['connect.sid'],
    before: () => import('../../docs/examples/migrating/express-session/before.js'),
    after: () => import('../../docs/examples/migrating/express-session/app.module.js'),
    async change() {
      const { client } = await import('../../docs/examples/migrating/express-session/old-options.js');
      await client.close();
    },
  },
  {
    library: 'cookie-session',
    oldCookies: ['session', 'session.sig'],
    before: () => import('../../docs/examples/migrating/cookie-session/before.js'),
    after: () => import('../../docs/examples/migrating/cookie-session/app.module.js'),
  },
  {
    library: 'iron-session',
    oldCookies: ['shop'],
    before: () => import('../../docs/examples/migrating/iron-session/before.js'),
    after: () => import('../../docs/examples/migrating/iron-session/app.module.js'),
  },
];

beforeAll(() =>
  setEnvironment({
    OLD_SESSION_SECRET: 'the secret that express-session had',
    OLD_COOKIE_KEY: 'the key that cookie-session had',
    OLD_IRON_PASSWORD: 'the password that iron-session had, which must be long',
    OLD_COOKIES_UNTIL: nextYear().toISOString(),
  }),
);

for (const { library, service, oldCookies, before, after, change } of examples) {
  await describeWith(service, `the shop in the docs that moves over from ${library}`, () => {
    let app: INestApplication | undefined;
    let url: string;
    let browser: Browser;
    let redis: RedisServer | undefined;

    const visit = async (started: INestApplication): Promise<void> => {
      app = started;
      url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    };

    beforeAll(async () => {
      if (service !== 'redisServer') return;
      redis = await RedisServer.start();
      setEnvironment({ REDIS_URL: redis.url });
    });
    beforeEach(async () => {
      const old = await (await before()).start({ logger: false });
      await old.listen(0, '127.0.0.1');
      await visit(old);
      browser = new Browser();
      await browser.post(`${url}/cart`, { item: 'tea' });
      await browser.post(`${url}/login`, { name: 'ann' });
      await old.close();
      await change?.();
    });
    afterEach(async () => {
      await app?.close();
    });
    afterAll(() => redis?.dispose());

    it.each(platforms)('keeps its users logged in on $name', async (platform) => {
      await visit(await startExample(platform, (await after()).AppModule));
      expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'ann', cart: ['tea'] });
      for (const name of oldCookies) expect(browser.cookie(name, url)).toBeUndefined();
      await browser.post(`${url}/cart`, { item: 'cake' });
      await browser.post(`${url}/login`, { name: 'bob' });
      expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'bob', cart: ['tea', 'cake'] });
      await browser.post(`${url}/logout`);
      expect((await browser.get(`${url}/me`)).body).toEqual({ userId: null, cart: [] });
    });
  });
}
