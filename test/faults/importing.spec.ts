import { Controller, Get, type INestApplication } from '@nestjs/common';
import { RedisStore } from 'connect-redis';
import { importExpressSession, Session } from 'nest-sessions';
import { createClient } from 'redis';
import { platforms, startApplication } from '../support/applications.js';
import { Browser } from '../support/browser.js';
import { expressOptions, startShopOnStore } from '../support/old-shops.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { RedisServer } from '../support/redis-server.js';
import { describeWith } from '../support/services.js';

@Controller()
class MeController {
  @Get('me')
  me(@Session() session: Session) {
    return session.toJSON();
  }
}

await describeWith('redisServer', 'while the store of express-session is down', () => {
  describe.each(platforms)('a first request on $name', (platform) => {
    const logger = new RecordingLogger();
    let server: RedisServer;
    let client: ReturnType<typeof createClient>;
    let app: INestApplication;
    let url: string;
    let browser: Browser;

    beforeEach(async () => {
      server = await RedisServer.start();
      client = createClient({ url: server.url });
      client.on('error', () => {});
      await client.connect();
      const store = new RedisStore({ client });
      const old = await startShopOnStore(store);
      browser = new Browser();
      await browser.post(`${old.url}/log-in/ann`);
      await old.stop();
      const importFrom = importExpressSession({ ...expressOptions, store, timeout: 0.3 });
      app = await startApplication(platform, { controllers: [MeController] }, { importFrom }, (one) =>
        one.useLogger(logger),
      );
      url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
      logger.takeErrors();
    });
    afterEach(async () => {
      await app.close();
      client.destroy();
      await server.dispose();
    });

    it('is answered with 503, and its user is still logged in when it is back', async () => {
      const before = browser.cookies(url);
      server.hang();
      const { status, body, setCookies } = await browser.get(`${url}/me`);
      expect([status, setCookies]).toEqual([503, []]);
      expect(body).toMatchObject({ message: expect.stringContaining('not available') });
      expect(logger.takeErrors()[0]).toBe(
        'A session of express-session connect.sid failed to load: The store did not answer within 0.3 seconds',
      );
      server.goOn();
      expect(browser.cookies(url)).toBe(before);
      expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'ann' });
      expect(browser.cookies(url)).toMatch(/^sessionid=/);
    });

    it('is answered with 503 where the connection is broken', async () => {
      await server.stop();
      const { status, setCookies } = await browser.get(`${url}/me`);
      expect([status, setCookies]).toEqual([503, []]);
      const [key] = decodeURIComponent(browser.cookie('connect.sid', url)!).slice(2).split('.');
      for (const line of logger.takeErrors()) expect(line).not.toContain(key);
    });

    it('does not matter to those who have moved over already', async () => {
      await browser.get(`${url}/me`);
      server.hang();
      expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'ann' });
      server.goOn();
    });
  });
});
