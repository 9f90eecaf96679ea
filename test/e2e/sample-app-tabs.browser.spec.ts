import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { describeWith } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

await describeWith('chromium', 'Two tabs of the shop', () => {
  let shop: SampleShop;
  let browser: Browser;
  let tab: ShopVisitor;
  let otherTab: ShopVisitor;

  beforeAll(async () => {
    // On files, where reading and writing take their time: SQLite answers at once, so that requests hardly overlap.
    shop = await SampleShop.start({ SESSION_ENGINE: 'file' });
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser?.close();
    await shop?.end();
  });

  beforeEach(async () => {
    tab = await ShopVisitor.arrive(browser, shop.address);
    // The first one of them would begin the session, and the other one another.
    await tab.add('Orchard', 1);
    otherTab = await tab.anotherTab();
  });

  afterEach(() => tab.leave());

  it('lose nothing of what they put into the cart at the same time', async () => {
    const clicks = 8;
    /** All at once, as no hand could click. */
    const addMany = ({ page }: ShopVisitor, print: string): Promise<void> =>
      page.evaluate(`for (let n = 0; n < ${clicks}; n++) document.getElementById('add-${print}').click()`);
    await Promise.all([addMany(tab, 'tideline'), addMany(otherTab, 'reeds')]);
    for (const one of [tab, otherTab]) await one.cartHas(1 + 2 * clicks);
    expect(await tab.cart()).toEqual({ Orchard: 1, Tideline: clicks, Reeds: clicks });
  });

  it('lose nothing either when the first clicks of all follow each other before there is a session', async () => {
    const newcomer = await ShopVisitor.arrive(browser, shop.address);
    await newcomer.page.evaluate(
      `for (const print of ['reeds', 'orchard', 'reeds']) document.getElementById('add-' + print).click()`,
    );
    await newcomer.cartHas(3);
    expect(await newcomer.cart()).toEqual({ Orchard: 1, Reeds: 2 });
    await newcomer.leave();
  });

  it('show live what the other one has put into the cart', async () => {
    await otherTab.open('/cart');
    await tab.add('Tideline', 2);
    await otherTab.cartHas(2);
    await otherTab.page.getByRole('heading', { name: 'Tideline' }).waitFor();
    await otherTab.click('One Tideline more');
    await tab.cartHas(3);
  });

  it('show how two requests overlap and that none of them got lost', async () => {
    await tab.open('/cart');
    await tab.click('Add two at once');
    await tab.says('both prints are in the cart');
    const report = await tab.page.locator('#two-at-once-report').innerText();
    const [, together] = /Two requests, (\d+) ms of them at the same time/.exec(report)!;
    expect(Number(together)).toBeGreaterThan(0);
    expect(report).toMatch(/Two Suns, \d+ ms\s+Moonrise, \d+ ms/);
    expect(await otherTab.cart()).toEqual({ 'Two Suns': 1, Moonrise: 1, Orchard: 1 });
  });

  it('count down to the end of the session', async () => {
    await tab.page.clock.install();
    await tab.open('/cart');
    await tab.page.clock.runFor(3_660_000);
    expect(await tab.fact('Ends')).toMatch(/^in 13 d 22 h 5[5-9] min \d+ s$/);
  });

  it('say when the shop cannot be reached, and go on when it can', async () => {
    await tab.page.route('**/cart/add', (route) => route.abort());
    await tab.click('Add to cart: Reeds');
    await tab.says('The shop cannot be reached.');
    await tab.page.unroute('**/cart/add');
    await tab.page.route('**/one', (route) => route.abort());
    await tab.open('/cart');
    await tab.click('Add two at once');
    await tab.says('The shop cannot be reached.');
    await tab.open('/');
    await tab.add('Reeds', 2);
    await tab.says('Reeds is in your cart.');
  });

  it('are both signed out when one is, the other at its next click', async () => {
    await tab.signIn();
    await otherTab.open('/devices');
    expect(otherTab.path).toBe('/devices');
    await tab.click('Sign out');
    await tab.says('You are signed out.');
    await otherTab.page.getByRole('link', { name: 'Devices' }).click();
    await otherTab.page.getByRole('heading', { name: 'Who you can be' }).waitFor();
    expect(otherTab.path).toBe('/sign-in');
  });

  it('send to the sign-in what a tab does that has been signed out', async () => {
    await tab.signIn();
    await otherTab.open('/cart');
    await tab.click('Sign out');
    await tab.says('You are signed out.');
    await otherTab.click('Order');
    await otherTab.page.getByRole('heading', { name: 'Who you can be' }).waitFor();
  });
});
