import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { All, Body, Controller, Get, type INestApplication, Param, Post, Req } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Session, SessionService, type SessionModuleOptions } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { platforms, startApplication } from '../support/applications.js';
import { Barrier } from '../support/barrier.js';
import { describeWith } from '../support/services.js';
import { setEnvironment } from './start-example.js';

/** Which ways of a request have come with a cookie. */
const seen = new Map<string, boolean>();
let arrivals = new Barrier(0);
function note(way: string, { headers }: IncomingMessage): void {
  seen.set(way, headers.cookie !== undefined);
  void arrivals.arrive();
}

const ANOTHER_SITE = 'evil.localhost';
const SUBDOMAIN = 'evil.bank.localhost';
const ALL = { post: true, link: true, image: true, frame: true, fetch: true, socket: true };
const NONE = { post: false, link: false, image: false, frame: false, fetch: false, socket: false };

/** A site that does not look at where requests come from. */
@Controller()
class TrustingController {
  @Post('login')
  async logIn(@Session() session: Session, @Body('name') name: string) {
    session.set('user', name);
    await session.cycleKey();
    return { user: name };
  }

  @Get('account')
  account(@Session() session: Session) {
    return session;
  }

  @All('visit')
  visit(@Session() session: Session) {
    session.set('visited', true);
    return session;
  }

  @All('seen/:way')
  seen(@Param('way') way: string, @Req() request: IncomingMessage) {
    note(way, request);
    return '';
  }
}

/** What the page of another site does with a victim's browser. */
const attacks: Record<string, (target: string) => string> = {
  '/post': (target) =>
    `<form method="post" action="${target}"><input name="name" value="mallory"></form><script>document.forms[0].submit()</script>`,
  '/link': (target) => `<a href="${target}">A present for you</a>`,
  '/inside': (target) =>
    `<img src="${target}/seen/image"><iframe src="${target}/seen/frame"></iframe><script>
      fetch('${target}/seen/fetch', { method: 'POST', mode: 'no-cors', credentials: 'include' });
      new WebSocket('${target.replace('http', 'ws')}/seen/socket');
    </script>`,
};

// Browsers take every *.localhost for this machine and for as safe as HTTPS, and `bank.localhost` for a site of its own.
await describeWith('chromium', 'Chromium and the session cookie', () => {
  let browser: Browser;
  let attacker: Server;
  let bank: INestApplication;
  let context: BrowserContext;
  let page: Page;
  /** What the attacker's server sets. */
  let tossed: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: process.env.TEST_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
    });
    attacker = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      response.setHeader('Content-Type', 'text/html').setHeader('Set-Cookie', tossed);
      response.end(attacks[url.pathname]?.(url.searchParams.get('target') ?? ''));
    }).listen(0, '127.0.0.1');
    await once(attacker, 'listening');
  });
  afterAll(async () => {
    await browser?.close();
    attacker.close();
  });
  beforeEach(async () => {
    seen.clear();
    arrivals = new Barrier(Object.keys(ALL).length);
    tossed = [];
    context = await browser.newContext();
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    await bank.close();
  });

  async function openBank(options: Partial<SessionModuleOptions> = {}): Promise<void> {
    const engine = new MemoryEngine();
    bank = await startApplication(platforms[0]!, { controllers: [TrustingController] }, { engine, ...options });
    bank.getHttpServer().on('upgrade', (request: IncomingMessage) => {
      note('socket', request);
      request.socket.destroy();
    });
  }

  const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
  const bankAt = (path = ''): string => `http://bank.localhost:${portOf(bank.getHttpServer())}${path}`;
  const shown = (): Promise<string> => page.innerText('body');
  const account = async (path = '/account'): Promise<unknown> => {
    await page.goto(bankAt(path));
    return JSON.parse(await shown());
  };

  /** The victim logs in on a page of the bank. */
  async function logIn(): Promise<void> {
    await page.goto(bankAt('/nowhere'));
    await page.setContent('<form method="post" action="/login"><input name="name" value="ann"></form>');
    await submit();
  }

  const submit = async (): Promise<void> => {
    const arrived = page.waitForEvent('load');
    await page.evaluate('document.forms[0].submit()');
    await arrived;
  };

  /** The victim comes to a page on that host. */
  const lure = (host: string, attack: string, target = bankAt()): Promise<unknown> =>
    page.goto(`http://${host}:${portOf(attacker)}${attack}?target=${encodeURIComponent(target)}`);

  /** The victim's browser is made to post to the bank, and shows the answer. */
  async function forge(host: string, path: string): Promise<string> {
    await lure(host, '/post', bankAt(path));
    await page.waitForURL(bankAt(path));
    return shown();
  }

  const none = { cookieSameSite: 'none', cookieSecure: true } as const;

  it.each<[Partial<SessionModuleOptions>, string, Partial<typeof ALL>]>([
    [{ cookieSameSite: 'lax' }, ANOTHER_SITE, { ...NONE, link: true }],
    [{ cookieSameSite: 'strict' }, ANOTHER_SITE, NONE],
    // The others are up to the browser's setting for cookies of third parties.
    [none, ANOTHER_SITE, { post: true, link: true }],
    // The form for two minutes after the cookie was set.
    [{ cookieSameSite: false }, ANOTHER_SITE, { ...NONE, post: true, link: true }],
    [{ cookieSameSite: 'lax' }, SUBDOMAIN, ALL],
    [{ cookieSameSite: 'strict' }, SUBDOMAIN, ALL],
    [none, SUBDOMAIN, ALL],
    [{ cookieSameSite: false }, SUBDOMAIN, ALL],
  ])('with %j, is sent from %s with these requests: %j', async (options, host, expected) => {
    await openBank(options);
    await logIn();
    await forge(host, '/seen/post');
    await lure(host, '/link', bankAt('/seen/link'));
    await page.click('a');
    await page.waitForURL(bankAt('/seen/link'));
    await lure(host, '/inside');
    await arrivals.waiting(Object.keys(ALL).length);
    expect(Object.fromEntries(seen)).toMatchObject(expected);
  });

  it.each(['lax', 'strict'] as const)(
    'does not keep another site from logging the browser in (%s)',
    async (cookieSameSite) => {
      await openBank({ cookieSameSite });
      await forge(ANOTHER_SITE, '/login');
      expect(await account()).toEqual({ user: 'mallory' });
    },
  );

  it.each(['lax', 'strict'] as const)(
    'does not keep another site from logging the browser out (%s)',
    async (cookieSameSite) => {
      await openBank({ cookieSameSite });
      await logIn();
      expect(await account()).toEqual({ user: 'ann' });
      // It comes without the cookie, is answered with a new one, and that takes the place of the other.
      expect(await forge(ANOTHER_SITE, '/visit')).toBe('{"visited":true}');
      expect(await account()).toEqual({ visited: true });
    },
  );

  it('is sent with a link that was followed from another site when it is lax, and logs out for that page when strict', async () => {
    for (const [cookieSameSite, data] of [
      ['lax', { user: 'ann' }],
      ['strict', {}],
    ] as const) {
      await openBank({ cookieSameSite });
      await logIn();
      await lure(ANOTHER_SITE, '/link', bankAt('/account'));
      await page.click('a');
      await page.waitForURL(bankAt('/account'));
      expect(JSON.parse(await shown())).toEqual(data);
      await lure(ANOTHER_SITE, '/link', bankAt('/visit'));
      await page.click('a');
      await page.waitForURL(bankAt('/visit'));
      expect(await account()).toEqual({ ...data, visited: true });
      if (cookieSameSite === 'lax') await bank.close();
    }
  });

  it.each<[string, Partial<SessionModuleOptions>, string]>([
    ['a plain name', {}, 'mallory'],
    ['__Host-', { cookieName: '__Host-sessionid', cookieSecure: true }, 'ann'],
  ])('with %s: whose session a page opens after a subdomain has set a cookie of its own', async (_, options, user) => {
    await openBank(options);
    const { key } = await bank.get(SessionService).create({ user: 'mallory' });
    await logIn();
    const name = options.cookieName ?? 'sessionid';
    tossed = ['', '; Secure'].map((more) => `${name}=${key}; Domain=bank.localhost; Path=/account${more}`);
    await lure(SUBDOMAIN, '/');
    expect(await account()).toMatchObject({ user });
  });

  describe('with the protection of the docs', () => {
    beforeEach(async () => {
      setEnvironment({});
      const { createApp } = await import('../../docs/examples/csrf/create-app.js');
      bank = await createApp(new ExpressAdapter(), { logger: false });
      await bank.listen(0, '127.0.0.1');
    });

    it('serves its own forms', async () => {
      await page.goto(bankAt());
      await page.fill('input', 'ann');
      await submit();
      await page.goto(bankAt());
      await submit();
      expect(await shown()).toBe('{"transfers":1}');
    });

    it.each([ANOTHER_SITE, SUBDOMAIN])('refuses what %s has a browser post', async (host) => {
      expect(JSON.parse(await forge(host, '/login'))).toMatchObject({ statusCode: 403 });
      expect(await account()).toEqual({});
      await page.goto(bankAt());
      await page.fill('input', 'ann');
      await submit();
      expect(JSON.parse(await forge(host, '/transfer'))).toMatchObject({ statusCode: 403 });
      expect(await account()).toEqual({ user: 'ann' });
    });
  });
});
