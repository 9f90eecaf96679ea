import type { Browser } from 'playwright-core';
import { launchChromium } from '../support/chromium.js';
import { SampleShop } from '../support/sample-shop.js';
import { selfMadeCertificate } from '../support/self-made-certificate.js';
import { describeWith } from '../support/services.js';
import { ShopVisitor } from '../support/shop-visitor.js';

const DAY = 24 * 60 * 60;

await describeWith('chromiumAndOpenssl', 'The session cookie of the shop, as Chromium keeps it', () => {
  let browser: Browser;
  let shop: SampleShop | undefined;
  let visitor: ShopVisitor | undefined;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  afterEach(async () => {
    await visitor?.leave();
    await shop?.end();
  });

  async function visit(environment: Record<string, string>, https = false): Promise<ShopVisitor> {
    shop = await SampleShop.start(environment, https ? await selfMadeCertificate() : undefined);
    visitor = await ShopVisitor.arrive(browser, shop.address);
    return visitor;
  }

  /** The cookies that the browser has, and the days for which it keeps the first one. */
  async function cookiesOf({ page }: ShopVisitor) {
    const cookies = await page.context().cookies();
    return { cookies, days: Math.round((cookies[0]!.expires - Date.now() / 1000) / DAY) };
  }

  it('is out of reach of scripts and other sites over plain HTTP, and lasts for two weeks', async () => {
    const http = await visit({});
    await http.add('Reeds', 1);
    const { cookies, days } = await cookiesOf(http);
    expect(cookies).toMatchObject([
      { name: 'sessionid', domain: 'localhost', path: '/', httpOnly: true, secure: false, sameSite: 'Lax' },
    ]);
    expect(days).toBe(14);
    expect(await http.page.evaluate('document.cookie')).toBe('');
  });

  it('is Secure over HTTPS, without being told', async () => {
    const https = await visit({}, true);
    await https.add('Reeds', 1);
    expect((await cookiesOf(https)).cookies).toMatchObject([{ name: 'sessionid', secure: true }]);
  });

  it('belongs to this host alone, as __Host- says, where everybody comes by HTTPS', async () => {
    const https = await visit({ SESSION_COOKIE_SECURE: 'true' }, true);
    await https.add('Reeds', 1);
    const { cookies } = await cookiesOf(https);
    expect(cookies).toMatchObject([
      { name: '__Host-sessionid', domain: 'localhost', path: '/', httpOnly: true, secure: true, sameSite: 'Lax' },
    ]);
    expect(await https.fact('Cookie')).toBe('__Host-sessionid HttpOnly, SameSite=Lax, Secure');
    await https.signIn();
    await https.cartHas(1);
    expect((await cookiesOf(https)).cookies[0]!.value).not.toBe(cookies[0]!.value);
    await https.open('/cookies/__Host-sessionid');
    expect(await https.page.locator('body').innerText()).toContain('"statusCode":404');
  });

  it('lasts for 30 days where somebody wants to stay signed in', async () => {
    const http = await visit({});
    await http.open('/sign-in');
    await http.page.getByLabel('Keep me signed in').check();
    await http.signIn();
    expect((await cookiesOf(http)).days).toBe(30);
  });

  it('lasts no longer than the session in production, whose end no visit moves', async () => {
    const production = { NODE_ENV: 'production', SECRET_KEY: 'x7'.repeat(20) + 'Qp_-93kdTz' };
    const http = await visit({ ...production, SESSION_ABSOLUTE_AGE: String(DAY) });
    await http.add('Reeds', 1);
    expect((await cookiesOf(http)).days).toBe(1);
    expect(await http.fact('Ends')).toMatch(/, at the latest 1 day after it began$/);
  });
});
