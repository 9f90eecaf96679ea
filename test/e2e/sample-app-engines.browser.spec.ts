import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { describeWith, missing, onSharedRedis } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

const redis = (await missing('redis')) === undefined;
const engines: [engine: string, environment: Record<string, string>][] = [
  ['file', {}],
  ...(redis ? [['cache', onSharedRedis] satisfies (typeof engines)[number]] : []),
  ['encrypted_cookies', {}],
];

await describeWith('chromium', 'The shop in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it.each(engines)('with the engine %s keeps what it can, and says what it cannot', async (engine, environment) => {
    const shop = await SampleShop.start({ SESSION_ENGINE: engine, ...environment });
    const visitor = await ShopVisitor.arrive(browser, shop.address);
    const inCookies = engine === 'encrypted_cookies';
    try {
      await visitor.add('Reeds', 1);
      await visitor.signIn();
      await visitor.cartHas(1);
      expect(await visitor.fact('Engine')).toContain(engine);

      await visitor.open('/cart');
      await visitor.click('Add two at once');
      await visitor.says(inCookies ? 'of 2 prints 1 is in the cart' : 'both prints are in the cart');
      await visitor.cartHas(inCookies ? 2 : 3);

      await visitor.open('/devices');
      const devices = await visitor.page.locator('main').innerText();
      expect(devices).toContain(inCookies ? 'There is no list here' : 'Chrome on Linux');

      await visitor.click('Sign out');
      await visitor.says('You are signed out.');
      await visitor.cartHas(0);
    } finally {
      await visitor.leave();
      await shop.end();
    }
  });
});
