import { SessionService } from 'nest-sessions';
import request from 'supertest';
import { SampleShop } from '../support/sample-shop.js';

const SIGN_IN = { user: 'ada', password: 'analytical engine' };

describe('The shop of the sample application', () => {
  let shop: SampleShop;

  beforeAll(async () => {
    shop = await SampleShop.start();
  });
  afterAll(() => shop.end());

  const visitor = () => request.agent(shop.app.getHttpServer()).set('Accept', 'text/html');
  type Visitor = ReturnType<typeof visitor>;
  const post = (browser: Visitor, path: string, fields: object = {}) => browser.post(path).type('form').send(fields);
  const pageOf = async (browser: Visitor, path = '/'): Promise<string> => (await browser.get(path).expect(200)).text;
  const cookieOf = (response: request.Response): string =>
    /sessionid=(\w+)/.exec(String(response.headers['set-cookie']))![1]!;

  it.each([
    ['/cart/add', { print: 'reeds' }, '/'],
    ['/cart/more', { print: 'reeds' }, '/cart'],
    ['/cart/fewer', { print: 'reeds' }, '/cart'],
    ['/cart/two-at-once', {}, '/cart'],
    ['/cart/order', {}, '/sign-in?next=/cart'],
    ['/devices/revoke', { handle: 'x' }, '/sign-in?next=/devices'],
    ['/devices/revoke-others', {}, '/sign-in?next=/devices'],
    ['/sign-in', SIGN_IN, '/'],
    ['/sign-in', { ...SIGN_IN, next: '/cart' }, '/cart'],
    ['/sign-in', { ...SIGN_IN, password: '', next: '/cart' }, '/sign-in?next=%2Fcart'],
    ['/sign-in', { ...SIGN_IN, user: 'nobody' }, '/sign-in?next=%2F'],
    ['/sign-out', {}, '/'],
    ['/theme', { theme: 'dark', back: '/cart' }, '/cart'],
  ])('leads from %s with %j to %s, so that a reload repeats nothing', async (path, fields, next) => {
    const response = await post(visitor(), path, fields);
    expect([response.status, response.headers.location]).toEqual([303, next]);
  });

  it('leads nobody to another site', async () => {
    for (const elsewhere of ['https://example.com/', '//example.com', '/\\example.com', '/logout', 'cart', '']) {
      const { headers } = await post(visitor(), '/theme', { theme: 'dark', back: elsewhere });
      expect([elsewhere, headers.location]).toEqual([elsewhere, '/']);
      const page = await pageOf(visitor(), `/sign-in?next=${encodeURIComponent(elsewhere)}`);
      expect(page).toContain('name="next" value="/"');
    }
    const { headers } = await post(visitor(), '/sign-in', { ...SIGN_IN, next: '//example.com' });
    expect(headers.location).toBe('/');
  });

  it.each([
    ['a print that is not for sale', '/cart/add', { print: 'mona-lisa' }, 404, 'There is no such print.'],
    ['a missing field', '/cart/add', {}, 400, 'A field of the form is missing.'],
    ['a field that is no text', '/cart/add', { 'print[a]': 'reeds' }, 400, 'A field of the form is missing.'],
    ['a page that does not exist', '/posters', undefined, 404, 'Cannot GET /posters'],
  ])(
    'says what is wrong with %s: a browser reads it on a page, a program as JSON',
    async (_, path, fields, status, message) => {
      const ask = (browser: Visitor) => (fields ? post(browser, path, fields) : browser.get(path));
      const page = await ask(visitor()).expect(status);
      expect(page.text).toContain(`<p id="problem">${message}</p>`);
      const { body } = await ask(visitor()).set('Accept', '*/*').expect(status);
      expect(body).toMatchObject({ statusCode: status, message });
    },
  );

  it('refuses the forms of other sites', async () => {
    const forms = ['/cart/add', '/sign-in', '/sign-out', '/theme', '/login', '/counter'];
    for (const path of forms) {
      await post(visitor(), path, { print: 'reeds' }).set('Sec-Fetch-Site', 'cross-site').expect(403);
      await post(visitor(), path, { print: 'reeds' }).set('Sec-Fetch-Site', 'same-site').expect(403);
      await post(visitor(), path, { print: 'reeds' }).set('Origin', 'https://example.com').expect(403);
    }
    await post(visitor(), '/cart/add', { print: 'reeds' }).set('Sec-Fetch-Site', 'same-origin').expect(303);
  });

  it('takes scripts, styles and pictures from here only, shows itself in no frame and is kept by no cache', async () => {
    const { headers } = await visitor().get('/');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none';script-src 'self';style-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('escapes whatever a visitor has stored', async () => {
    const browser = visitor();
    const markup = `<img src=x onerror="alert('1')">&amp;`;
    await browser.put(`/session/${encodeURIComponent(markup)}`).send({ value: { [markup]: markup } });
    await browser.put('/cookies/theme').send({ value: markup });
    const page = await pageOf(browser);
    expect(page).not.toMatch(/<img src=x|onerror="|alert\('/);
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;');
  });

  it('never shows a session key', async () => {
    const browser = visitor();
    const key = cookieOf(await post(browser, '/cart/add', { print: 'reeds' }));
    const page = await pageOf(browser);
    expect(page).toMatch(/<code>[0-9a-f]{8}<\/code> made just now/);
    expect(page).not.toContain(key.slice(0, 6));
  });

  it.each([['text'], [['book']], [7], [null], [{ reeds: 'many', tideline: -3, orchard: 1.5, 'two-suns': 1e9 }]])(
    'makes a cart even of %j, which a visitor has stored in its place',
    async (value) => {
      const browser = visitor();
      await browser.put('/session/cart').send({ value }).expect(200);
      await pageOf(browser, '/cart');
      await post(browser, '/cart/add', { print: 'reeds' }).expect(303);
      const { cart } = (await browser.get('/session')).body.data;
      expect(cart).toMatchObject({ reeds: 1 });
      expect(Object.values(cart).every((quantity) => Number(quantity) >= 1 && Number(quantity) <= 99)).toBe(true);
    },
  );

  it('lets nobody sign in by writing the session', async () => {
    const browser = visitor();
    await browser.put('/session/userId').send({ value: 'ada' }).expect(403);
    await browser.delete('/session/userId').expect(403);
    await browser.post('/login').send({ user: 'ada' }).expect(201);
    await browser.get('/devices').expect(303);
  });

  it('shows what the library has noted of a session neither in its data nor on the page', async () => {
    const browser = visitor();
    await post(browser, '/sign-in', SIGN_IN);
    const page = await pageOf(browser);
    expect(page).not.toContain('_session');
    expect((await browser.get('/session')).body.data).toEqual({ userId: 'ada' });
  });

  it('ends only devices of the one who asks', async () => {
    const [ada, grace] = [visitor(), visitor()];
    await post(ada, '/sign-in', SIGN_IN);
    await post(grace, '/sign-in', { user: 'grace', password: 'nanoseconds' });
    const sessions = shop.app.get(SessionService);
    const [hers] = await sessions.listByUser('grace');
    await post(ada, '/devices/revoke', { handle: hers!.handle }).expect(404);
    await post(ada, '/devices/revoke', { handle: 'made up' }).expect(404);
    await grace.get('/devices').expect(200);
    await post(grace, '/devices/revoke', { handle: hers!.handle }).expect(303);
    await grace.get('/devices').expect(303);
  });

  it('gives a session a new key at a sign-in, and none afterwards works by the old one', async () => {
    const browser = visitor();
    const before = cookieOf(await post(browser, '/cart/add', { print: 'reeds' }));
    const after = cookieOf(await post(browser, '/sign-in', SIGN_IN));
    expect(after).not.toBe(before);
    expect(await visitor().get('/session').set('Cookie', `sessionid=${before}`)).toMatchObject({ body: { data: {} } });
    await visitor().get('/devices').set('Cookie', `sessionid=${after}`).expect(200);
  });

  it('renews a session at each visit, and starts none for somebody who only looks', async () => {
    const browser = visitor();
    expect((await browser.get('/')).headers['set-cookie']).toBeUndefined();
    await post(browser, '/cart/add', { print: 'reeds' });
    for (let visit = 0; visit < 2; visit++) {
      expect(String((await browser.get('/cart')).headers['set-cookie'])).toMatch(/sessionid=\w+; .*Max-Age=1209600/);
    }
  });
});

it('The shop of the sample application loses nothing of a cart when many requests put prints into it at once', async () => {
  // SQLite answers at once, so that requests hardly overlap; files take their time.
  const shop = await SampleShop.start({ SESSION_ENGINE: 'file' });
  const browser = request.agent(shop.app.getHttpServer());
  const add = (print: string): request.Test => browser.post('/cart/add').type('form').send({ print }).expect(303);
  try {
    await add('reeds');
    const prints = Array.from({ length: 30 }, (_, index) => ['reeds', 'orchard', 'tideline'][index % 3]!);
    await Promise.all(prints.map(add));
    expect((await browser.get('/session')).body.data.cart).toEqual({ reeds: 11, orchard: 10, tideline: 10 });
  } finally {
    await shop.end();
  }
});

it('The shop of the sample application shows its pages to who is signed out in the midst of them', async () => {
  const shop = await SampleShop.start({ SESSION_ENGINE: 'file' });
  const browser = request.agent(shop.app.getHttpServer()).set('Accept', 'text/html');
  try {
    await browser.post('/cart/add').type('form').send({ print: 'reeds' }).expect(303);
    const visits = Array.from({ length: 20 }, () => browser.get('/cart').redirects(1));
    const signOut = browser.post('/sign-out').expect(303);
    expect(new Set((await Promise.all([...visits, signOut])).map(({ status }) => status))).toEqual(new Set([200, 303]));
  } finally {
    await shop.end();
  }
});
