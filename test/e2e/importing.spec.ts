import { Controller, Get, type INestApplication, Param, Post } from '@nestjs/common';
import { Session, type SessionModuleOptions } from 'nest-sessions';
import { platforms, startApplication } from '../support/applications.js';
import { Browser } from '../support/browser.js';
import { engines } from '../support/engines.js';
import { oldLibraries, type OldShop, startExpressSession } from '../support/old-shops.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { describeWith } from '../support/services.js';

/** The shop after it has moved over. */
@Controller()
class ShopController {
  @Get('me')
  me(@Session() session: Session) {
    return { userId: session.get('userId'), cart: session.get('cart') };
  }

  @Post('cart/:item')
  add(@Session() session: Session, @Param('item') item: string) {
    return { cart: session.compute('cart', (cart: string[] = []) => [...cart, item]) };
  }

  @Post('log-in/:user')
  async logIn(@Session() session: Session, @Param('user') user: string) {
    await session.cycleKey();
    session.set('userId', user);
  }

  @Post('log-out')
  async logOut(@Session() session: Session) {
    await session.flush();
  }

  @Get('news')
  news() {
    return { news: [] };
  }
}

const logger = new RecordingLogger();

let old: OldShop;
let shop: INestApplication | undefined;
let url: string;
let browser: Browser;

/** A user of the old shop, with something in the cart. */
async function logInAtOldShop(start: () => Promise<OldShop>): Promise<void> {
  old = await start();
  browser = new Browser();
  await browser.post(`${old.url}/log-in/ann`);
  await browser.post(`${old.url}/cart/tea`);
  expect((await browser.get(`${old.url}/me`)).body).toEqual({ userId: 'ann', cart: ['tea'] });
}

/** The shop moves over: the old application goes, ours comes. */
async function moveOver(
  platform: (typeof platforms)[number],
  options: Partial<SessionModuleOptions> = {},
): Promise<INestApplication> {
  await old.stop();
  const metadata = { controllers: [ShopController] };
  shop = await startApplication(platform, metadata, { importFrom: old.importer, ...options }, (app) =>
    app.useLogger(logger),
  );
  url = (await shop.getUrl()).replace('[::1]', '127.0.0.1');
  return shop;
}

afterEach(async () => {
  await shop?.close();
  shop = undefined;
  await old.dispose();
});

for (const library of oldLibraries) {
  await describeWith(library.service, `a user of a shop on ${library.name}`, () => {
    describe.each(platforms)('that moves over to $name', (platform) => {
      beforeEach(async () => {
        await logInAtOldShop(library.start);
        await moveOver(platform);
      });

      it('stays logged in, with what is in the cart', async () => {
        expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'ann', cart: ['tea'] });
        await browser.post(`${url}/cart/cake`);
        expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'ann', cart: ['tea', 'cake'] });
      });

      it('has our cookie instead of the old ones after the first answer, and no more to do with them', async () => {
        expect((await browser.get(`${url}/me`)).setCookies).toHaveLength(1 + library.cookieNames.length);
        expect(browser.cookie('sessionid', url)).toMatch(/^[a-z0-9]{32}$/);
        for (const name of library.cookieNames) expect(browser.cookie(name, url)).toBeUndefined();
        expect((await browser.get(`${url}/me`)).setCookies).toEqual([]);
      });

      it('keeps the old cookie as long as the session is not used', async () => {
        const response = await browser.get(`${url}/news`);
        expect(response.setCookies).toEqual([]);
        expect(response.headers.get('vary') ?? '').not.toMatch('Cookie');
        expect((await browser.get(`${url}/me`)).body).toMatchObject({ userId: 'ann' });
      });

      it('is logged out for good, also for a copy of the old cookie', async () => {
        const copy = browser.copy();
        await browser.get(`${url}/me`);
        const later = browser.copy();
        await browser.post(`${url}/log-out`);
        for (const each of [browser, copy, later]) expect((await each.get(`${url}/me`)).body).toEqual({});
        for (const name of library.cookieNames) expect(copy.cookie(name, url)).toBeUndefined();
      });

      it('is logged out for good also by the first request', async () => {
        const copy = browser.copy();
        expect((await browser.post(`${url}/log-out`)).status).toBe(201);
        for (const each of [browser, copy]) expect((await each.get(`${url}/me`)).body).toEqual({});
        expect(browser.cookies(url)).toBe('');
      });

      it('has one session when fifty first requests overlap, and none of them is lost', async () => {
        const copies = Array.from({ length: 50 }, () => browser.copy());
        const responses = await Promise.all(copies.map((copy, index) => copy.post(`${url}/cart/${index}`)));
        expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
        expect(new Set(copies.map((copy) => copy.cookie('sessionid', url))).size).toBe(1);
        const { cart } = (await copies[0]!.get(`${url}/me`)).body as { cart: string[] };
        expect(cart.toSorted()).toEqual(['tea', ...copies.map((_, index) => String(index))].toSorted());
      });

      it('keeps the session of a login that was the first request', async () => {
        const copy = browser.copy();
        await browser.post(`${url}/log-in/bob`);
        expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'bob', cart: ['tea'] });
        expect((await copy.get(`${url}/me`)).body).toEqual({});
      });

      it('is not logged in by an old cookie that was altered, of which the log says no more than that', async () => {
        const [name = ''] = library.cookieNames;
        const value = browser.cookie(name, url)!;
        browser.set(`${name}=${value.slice(0, 20)}x${value.slice(21)}`, url);
        logger.warnings.length = 0;
        expect((await browser.get(`${url}/me`)).body).toEqual({});
        expect(logger.warnings).toEqual([expect.stringContaining(`A cookie "${name}" of`)]);
        expect(logger.warnings[0]).not.toContain(value.slice(-20));
        // It may belong to another application.
        expect(browser.cookie(name, url)).toBeDefined();
      });
    });
  });
}

for (const engine of engines) {
  await describeWith(engine.service ?? 'redis', `a shop that moves over to the engine ${engine.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      it('keeps its users logged in, also where their first requests overlap', async () => {
        await logInAtOldShop(startExpressSession);
        const store = await engine.open();
        await moveOver(platform, store.options);
        const copies = Array.from({ length: 5 }, () => browser.copy());
        for (const { body } of await Promise.all(copies.map((copy) => copy.get(`${url}/me`)))) {
          expect(body).toEqual({ userId: 'ann', cart: ['tea'] });
        }
        const [first] = copies;
        expect(first!.cookie('connect.sid', url)).toBeUndefined();
        await first!.post(`${url}/cart/cake`);
        expect((await first!.get(`${url}/me`)).body).toEqual({ userId: 'ann', cart: ['tea', 'cake'] });
        await first!.post(`${url}/log-out`);
        expect((await first!.get(`${url}/me`)).body).toEqual({});
        await shop!.close();
        shop = undefined;
        await store.close();
      });
    });
  });
}
