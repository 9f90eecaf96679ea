import { SessionService } from 'nest-sessions';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { describeWith } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

for (const javaScriptEnabled of [true, false]) {
  await describeWith('chromium', `The shop in a browser ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, () => {
    let shop: SampleShop;
    let browser: Browser;
    let visitor: ShopVisitor;
    const others: ShopVisitor[] = [];

    beforeAll(async () => {
      shop = await SampleShop.start();
      browser = await launchChromium();
    });

    afterAll(async () => {
      await browser?.close();
      await shop?.end();
    });

    const arrive = (options: BrowserContextOptions = {}): Promise<ShopVisitor> =>
      ShopVisitor.arrive(browser, shop.address, { javaScriptEnabled, ...options });

    beforeEach(async () => {
      visitor = await arrive();
    });

    afterEach(async () => {
      for (const one of [visitor, ...others.splice(0)]) await one.leave();
      const sessions = shop.app.get(SessionService);
      for (const account of ['ada', 'grace']) await sessions.revokeByUser(account);
    });

    async function anotherDevice(userAgent: string): Promise<ShopVisitor> {
      const other = await arrive({ userAgent });
      others.push(other);
      return other;
    }

    it('puts prints into the cart, more of them and fewer', async () => {
      await visitor.add('Tideline', 1);
      await visitor.says('Tideline is in your cart.');
      await visitor.add('Reeds', 2);
      expect(await visitor.cart()).toEqual({ Tideline: 1, Reeds: 1 });
      await visitor.click('One Tideline more');
      await visitor.cartHas(3);
      await visitor.click('One Reeds fewer');
      await visitor.says('Reeds is out of your cart.');
      expect(await visitor.cart()).toEqual({ Tideline: 2 });
    });

    it('adds two at once and loses none', async () => {
      await visitor.open('/cart');
      for (const clicks of [1, 2]) {
        await visitor.click('Add two at once');
        await visitor.cartHas(2 * clicks);
        await visitor.says(javaScriptEnabled ? 'both prints are in the cart' : 'both are in your cart');
      }
      expect(await visitor.cart()).toEqual({ 'Two Suns': 2, Moonrise: 2 });
    });

    it('says what has happened once', async () => {
      await visitor.add('Orchard', 1);
      await visitor.page.reload();
      expect(await visitor.page.locator('#message').innerText()).toBe('');
      await visitor.cartHas(1);
    });

    it('signs in under a new key, which keeps the cart, and signs out of everything', async () => {
      await visitor.add('Moonrise', 1);
      const before = await visitor.key();
      await visitor.signIn();
      expect(await visitor.changes()).toMatch(/POST \/sign-in\s+added userId\s+"ada"\s+The session has a new key/);
      expect(await visitor.key()).not.toBe(before);
      await visitor.cartHas(1);
      await visitor.click('Sign out');
      await visitor.says('You are signed out.');
      expect(await visitor.cart()).toEqual({});
      await visitor.open('/devices');
      expect(visitor.path).toBe('/sign-in');
    });

    it('leaves nothing of one account to the next', async () => {
      await visitor.signIn('ada');
      await visitor.open('/');
      await visitor.add('Moonrise', 1);
      await visitor.signIn('grace');
      await visitor.cartHas(0);
    });

    it('says why somebody is not signed in, and gives the message the focus', async () => {
      await visitor.open('/sign-in');
      await visitor.enter('ada', 'wrong');
      await visitor.says('do not belong together');
      expect(await visitor.page.locator('.message.failed:focus').count()).toBe(1);
      expect(visitor.path).toBe('/sign-in');
    });

    it('has who orders sign in first, and goes on where they were', async () => {
      await visitor.add('Night Market', 1);
      await visitor.open('/cart');
      await visitor.click('Order');
      await visitor.signIn();
      expect(visitor.path).toBe('/cart');
      await visitor.click('Order');
      await visitor.says('Thank you! 1 print');
      await visitor.cartHas(0);
    });

    it('keeps a theme in a cookie, without a session', async () => {
      await visitor.click('Dark');
      const theme = visitor.page.locator('html[data-theme="dark"]');
      await theme.waitFor();
      expect(await visitor.page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(23, 22, 20)');
      const [cookie, ...none] = await visitor.page.context().cookies();
      expect([cookie, none]).toMatchObject([{ name: 'theme', value: 'dark', httpOnly: true, sameSite: 'Lax' }, []]);
      await visitor.open('/cart');
      await theme.waitFor();
      await visitor.click('Auto');
      await visitor.page.locator('html[data-theme="system"]').waitFor();
      expect(visitor.path).toBe('/cart');
      expect(await visitor.page.context().cookies()).toEqual([]);
    });

    it('lists the devices of an account, and signs one of them out', async () => {
      const phone = await anotherDevice('Mozilla/5.0 (iPhone) Safari/604.1');
      await phone.signIn();
      await visitor.signIn();
      await visitor.open('/devices');
      const names = await visitor.page.locator('.device h2').allInnerTexts();
      expect(names).toEqual([expect.stringMatching(/^Chrome on Linux\s+this one$/), 'Safari on iPhone']);
      await visitor.click('Sign out Safari on iPhone');
      await visitor.says('That device is signed out.');
      expect(await visitor.page.locator('.device').count()).toBe(1);
      await phone.open('/devices');
      expect(phone.path).toBe('/sign-in');
    });

    it('says when a device is signed out already', async () => {
      const phone = await anotherDevice('Mozilla/5.0 (iPhone) Safari/604.1');
      await phone.signIn();
      await visitor.signIn();
      await visitor.open('/devices');
      await phone.click('Sign out');
      await phone.says('You are signed out.');
      await visitor.click('Sign out Safari on iPhone');
      await visitor.page.getByText('That device is signed out already.').waitFor();
    });

    it('logs out everywhere else', async () => {
      const elsewhere = [await anotherDevice('Firefox/1'), await anotherDevice('curl/8')];
      for (const device of elsewhere) await device.signIn('grace');
      await visitor.signIn('grace');
      await visitor.open('/devices');
      await visitor.click('Log out everywhere else');
      await visitor.says('2 other devices are signed out.');
      for (const device of elsewhere) {
        await device.open('/devices');
        expect(device.path).toBe('/sign-in');
      }
      await visitor.open('/devices');
      expect(visitor.path).toBe('/devices');
    });

    it('tells engine, key, cookie, end and size of the session, and what the last form has changed', async () => {
      expect(await visitor.fact('Key')).toBe('none: nothing is stored for you');
      await visitor.add('Tideline', 1);
      expect(await visitor.fact('Engine')).toBe('db a table of SQLite');
      expect(await visitor.fact('Key')).toMatch(/^[0-9a-f]{8} made (just now|\d+ seconds ago)$/);
      expect(await visitor.fact('Cookie')).toBe('sessionid HttpOnly, SameSite=Lax');
      expect(await visitor.fact('Ends')).toMatch(/^in (14 days|1[34] d \d+ h \d+ min \d+ s)$/);
      expect(await visitor.fact('Size')).toMatch(/^\d+ bytes of JSON$/);
      expect(await visitor.changes()).toMatch(/POST \/cart\/add\s+added cart\s+\{ "tideline": 1 \}/);
      await visitor.page.reload();
      expect(await visitor.changes()).toBe('Nothing since the page before.');
    });

    it('says what does not exist', async () => {
      await visitor.open('/posters');
      expect(await visitor.page.locator('main').innerText()).toMatch(/404\s+That did not work\s+Cannot GET \/posters/);
    });
  });
}
