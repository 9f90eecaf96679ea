import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { SessionService } from 'nest-sessions';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { describeWith } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

const FOLDER = new URL('../../docs/images/', import.meta.url);
const MOST_BYTES = 250_000;

const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1';

interface Picture {
  readonly name: string;
  readonly options: BrowserContextOptions;
  readonly path: string;
}

const PICTURES: Picture[] = [
  { name: 'shop.png', options: { colorScheme: 'light', viewport: { width: 1280, height: 800 } }, path: '/' },
  { name: 'cart-dark.png', options: { colorScheme: 'dark', viewport: { width: 1280, height: 960 } }, path: '/cart' },
  {
    name: 'devices-phone.png',
    options: { colorScheme: 'light', viewport: { width: 390, height: 844 }, userAgent: IPHONE },
    path: '/devices',
  },
];

/** `UPDATE_DOCS=1` takes the pictures in docs/images anew. */
await describeWith(process.env.UPDATE_DOCS ? 'chromium' : undefined, 'The picture', () => {
  let shop: SampleShop;
  let browser: Browser;

  beforeAll(async () => {
    if (!process.env.UPDATE_DOCS) return;
    shop = await SampleShop.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.end();
  });

  async function take({ name, options, path }: Picture): Promise<void> {
    const elsewhere = await ShopVisitor.arrive(browser, shop.address);
    await elsewhere.signIn();
    const visitor = await ShopVisitor.arrive(browser, shop.address, options);
    await visitor.signIn();
    await visitor.open('/');
    await visitor.add('Tideline', 1);
    if (path !== '/') await visitor.open(path);
    if (path === '/cart') {
      await visitor.click('Add two at once');
      await visitor.says('both prints are in the cart');
    }
    await visitor.page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
    await visitor.page.screenshot({ path: fileURLToPath(new URL(name, FOLDER)), animations: 'disabled' });
    await visitor.leave();
    await elsewhere.leave();
    await shop.app.get(SessionService).revokeByUser('ada');
  }

  it.each(PICTURES)('$name is there, and not too big', async (picture) => {
    if (process.env.UPDATE_DOCS) await take(picture);
    const file = await readFile(new URL(picture.name, FOLDER));
    expect(file.subarray(1, 4).toString()).toBe('PNG');
    expect(file.length).toBeLessThan(MOST_BYTES);
  });
});
