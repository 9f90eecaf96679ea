import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { describeWith } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1280, height: 800 };
const PAGES = ['/', '/cart', '/sign-in', '/devices', '/no-such-page'];

await describeWith('chromium', 'The shop is for everybody:', () => {
  let axe: string;
  let shop: SampleShop;
  let browser: Browser;
  let visitor: ShopVisitor | undefined;

  beforeAll(async () => {
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    shop = await SampleShop.start();
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.end();
  });

  afterEach(() => visitor?.leave());

  /** What keeps people from using the page that is open. */
  async function barriers({ page }: ShopVisitor): Promise<string[]> {
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run({ resultTypes: ['violations'] })")) as AxeResults;
    return violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ html }) => html).join(' ')}`);
  }

  it.each([
    ['light', DESKTOP],
    ['dark', DESKTOP],
    ['light', PHONE],
  ] as const)('no page has a barrier that axe finds, in %s colours on %j', async (colorScheme, viewport) => {
    visitor = await ShopVisitor.arrive(browser, shop.address, { colorScheme, viewport });
    await visitor.add('Tideline', 1);
    expect(await barriers(visitor)).toEqual([]);
    await visitor.signIn();
    for (const path of PAGES) {
      await visitor.open(path);
      expect([path, await barriers(visitor)]).toEqual([path, []]);
    }
    await visitor.open('/sign-in');
    await visitor.enter('ada', 'wrong');
    await visitor.says('do not belong together');
    expect(await barriers(visitor)).toEqual([]);
  });

  it.each([PHONE.width, 320])(
    'no page is wider than a screen of %d pixels, whatever is in the session',
    async (width) => {
      visitor = await ShopVisitor.arrive(browser, shop.address, { viewport: { width, height: 800 } });
      const { page } = visitor;
      await visitor.signIn();
      await page
        .context()
        .request.put(`${shop.address}/session/${'k'.repeat(200)}`, { data: { value: 'v'.repeat(300) } });
      for (const path of PAGES) {
        await visitor.open(path);
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width]);
      }
    },
  );

  /** Presses Tab until something of that name has the focus. */
  async function tabTo({ page }: ShopVisitor, name: string): Promise<void> {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      const focused = await page.evaluate<string>(
        `(() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText })()`,
      );
      if (focused.trim() === name) return;
    }
    throw new Error(`There is no way to ${name} by Tab.`);
  }

  it('a keyboard is enough to shop, to sign in and to order', async () => {
    visitor = await ShopVisitor.arrive(browser, shop.address);
    const { page } = visitor;
    const press = (key: string): Promise<void> => page.keyboard.press(key);

    await press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await press('Enter');
    await press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('add-two-suns');
    await press('Enter');
    await visitor.cartHas(1);
    // The focus stays, so that the next print is one Tab away.
    expect(await page.evaluate('document.activeElement.id')).toBe('add-two-suns');
    await tabTo(visitor, 'Add to cart: Moonrise');
    await press('Space');
    await visitor.cartHas(2);

    await page.reload();
    await tabTo(visitor, 'Cart 2');
    await press('Enter');
    await page.waitForURL(({ pathname }) => pathname === '/cart');
    await tabTo(visitor, 'Order');
    await press('Enter');
    await page.waitForURL(({ pathname }) => pathname === '/sign-in');
    await tabTo(visitor, 'Name');
    await page.keyboard.type('ada');
    await press('Tab');
    await page.keyboard.type('analytical engine');
    await press('Enter');
    await page.waitForURL(({ pathname }) => pathname === '/cart');
    await tabTo(visitor, 'Order');
    await press('Enter');
    await visitor.says('Thank you! 2 prints');
    // Of a page that has just loaded, the focus is what screen readers tell.
    expect(await page.evaluate('document.activeElement.className')).toBe('message');
  });

  it('each page has its landmarks, one heading of the first level and a title of its own', async () => {
    visitor = await ShopVisitor.arrive(browser, shop.address);
    const { page } = visitor;
    await visitor.signIn();
    const titles = new Set<string>();
    for (const path of ['/', '/cart', '/sign-in', '/devices']) {
      await visitor.open(path);
      for (const landmark of ['banner', 'navigation', 'main', 'complementary', 'contentinfo'] as const) {
        expect([path, landmark, await page.getByRole(landmark).count()]).toEqual([path, landmark, 1]);
      }
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      titles.add(await page.title());
    }
    expect(titles.size).toBe(4);
  });
});
