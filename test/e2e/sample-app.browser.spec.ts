import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from 'playwright-core';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { describeWith } from '../support/services.js';

await describeWith('chromium', 'The sample application in a browser without JavaScript', () => {
  let folder: string;
  let app: NestExpressApplication;
  let address: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
    app = await createApp(readConfiguration({}, folder), { logger: false });
    await app.listen(0, '127.0.0.1');
    address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await app.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => visit());

  afterEach(() => page.context().close());

  async function visit(options: BrowserContextOptions = {}): Promise<void> {
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    page = await context.newPage();
    await page.goto(address);
  }

  const part = (name: string): Locator => page.getByRole('region', { name });
  const entry = (region: string, name: string): Locator => part(region).getByRole('listitem').filter({ hasText: name });

  /** Until the page that an action leads to is there. */
  async function arriving(action: () => Promise<unknown>): Promise<void> {
    const arrived = page.waitForEvent('load');
    await action();
    await arrived;
  }

  const click = (button: Locator): Promise<void> => arriving(() => button.click());

  async function submit(region: string, fields: Record<string, string | true>, button: string): Promise<void> {
    for (const [label, value] of Object.entries(fields)) {
      const field = part(region).getByLabel(label, { exact: true });
      if (value === true) await field.check();
      else await field.fill(value);
    }
    await click(part(region).getByRole('button', { name: button, exact: true }));
  }

  const told = (region: string): Promise<string> => part(region).getByRole('status').innerText();
  const refused = (region: string): Promise<string> => part(region).getByRole('alert').innerText();
  const fact = (term: string): Promise<string> =>
    page.locator('.facts > div').filter({ hasText: term }).locator('dd').innerText();

  it('sets, shows and deletes a cookie', async () => {
    await submit('Cookies', { Name: 'theme', Value: 'dark', 'Seconds to keep it': '600' }, 'Set');
    expect(await told('Cookies')).toContain('theme');
    expect(await entry('Cookies', 'theme').innerText()).toContain('dark');
    expect(await page.context().cookies()).toContainEqual(
      expect.objectContaining({ name: 'theme', value: 'dark', httpOnly: true, sameSite: 'Lax' }),
    );
    await click(part('Cookies').getByRole('button', { name: 'Delete theme' }));
    expect(await part('Cookies').getByText('The browser has sent none.').isVisible()).toBe(true);
  });

  it('says why a cookie was refused', async () => {
    await submit('Cookies', { Name: 'not legal', Value: 'x' }, 'Set');
    expect(await refused('Cookies')).toContain('its name is not a legal one');
  });

  it('notices that a signed cookie was tampered with', async () => {
    await submit('Cookies', { Name: 'role', Value: 'reader', Signed: true }, 'Set');
    expect(await entry('Cookies', 'role').innerText()).toMatch(/signed\s+reader\s/);
    await click(part('Cookies').getByRole('button', { name: 'Tamper role' }));
    expect(await entry('Cookies', 'role').innerText()).toMatch(/tampered\s+xreader:/);
  });

  it('stores, shows and deletes a session value', async () => {
    expect(await fact('Session')).toBe('none yet');
    await submit('Session data', { Key: 'cart', Value: '["book"]' }, 'Store');
    expect(await entry('Session data', 'cart').innerText()).toContain('["book"]');
    expect(await fact('Session')).toMatch(/^[a-z0-9]{4}•+$/);
    await click(part('Session data').getByRole('button', { name: 'Delete cart' }));
    expect(await part('Session data').getByText('Nothing is stored yet.').isVisible()).toBe(true);
  });

  it('counts, and a reload does not count again', async () => {
    await submit('Counter', {}, 'Count up');
    await submit('Counter', {}, 'Count up');
    await page.reload();
    expect(await part('Counter').getByRole('status').innerText()).toBe('2');
  });

  it('signs in under a new session key, opens /me and signs out', async () => {
    await submit('Counter', {}, 'Count up');
    const keyBefore = await fact('Session');
    await submit('Account', { Name: 'Ada' }, 'Sign in');
    expect(await told('Account')).toContain('Welcome, Ada');
    expect(await fact('Visitor')).toBe('Ada');
    expect(await fact('Session')).not.toBe(keyBefore);
    await click(part('Account').getByRole('link', { name: 'Open /me' }));
    expect(await page.locator('body').innerText()).toBe('{"user":"Ada"}');
    await page.goBack();
    await submit('Account', {}, 'Sign out');
    expect(await fact('Visitor')).toBe('not signed in');
    expect(await fact('Session')).toBe('none yet');
    await click(part('Account').getByRole('link', { name: 'Open /me' }));
    expect(await page.locator('body').innerText()).toContain('"statusCode":401');
  });

  it('clears the session and leaves no session cookie', async () => {
    await submit('Session data', { Key: 'cart', Value: 'book' }, 'Store');
    await submit('Session data', {}, 'Clear the session');
    expect(await part('Session data').getByText('Nothing is stored yet.').isVisible()).toBe(true);
    expect(await page.context().cookies()).toEqual([]);
  });

  it('changes the lifetime of the session', async () => {
    expect(await fact('Lifetime')).toBe('14 days');
    await submit('Lifetime', { Seconds: '7200' }, 'Change');
    expect(await fact('Lifetime')).toBe('2 hours');
    const [cookie] = await page.context().cookies();
    expect(cookie?.expires).toBeGreaterThan(0);
    await submit('Lifetime', { Seconds: '0' }, 'Change');
    expect(await fact('Lifetime')).toBe('until the browser closes');
    expect((await page.context().cookies())[0]?.expires).toBe(-1);
  });

  it('can be used with the keyboard alone', async () => {
    await part('Account').getByLabel('Name').focus();
    await page.keyboard.type('Ada');
    await arriving(() => page.keyboard.press('Enter'));
    expect(await fact('Visitor')).toBe('Ada');
  });

  it.each(['light', 'dark'] as const)(
    'fits a phone and names each of its fields, in %s colours',
    async (colorScheme) => {
      await page.context().close();
      await visit({ viewport: { width: 390, height: 844 }, colorScheme });
      const long = 'x'.repeat(300);
      await submit('Session data', { Key: long, Value: long }, 'Store');
      await submit('Cookies', { Name: long, Value: long, Signed: true }, 'Set');
      await submit('Account', { Name: long }, 'Sign in');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
      for (const field of await page.locator('input:visible').all()) {
        expect(
          await field.evaluate((input) => (input as unknown as { labels: ArrayLike<unknown> }).labels.length),
        ).toBe(1);
      }
      const schemeOf = 'getComputedStyle(document.body).backgroundColor';
      expect(await page.evaluate(schemeOf)).toBe(colorScheme === 'dark' ? 'rgb(20, 23, 26)' : 'rgb(244, 244, 241)');
    },
  );
});
