import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { inWords } from '../../sample-app/src/page/duration.js';
import { html } from '../../sample-app/src/page/html.js';

describe('The page of the sample application', () => {
  let folder: string;
  let app: NestExpressApplication;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
    app = await createApp(readConfiguration({}, folder), { logger: false });
    await app.init();
  });

  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  const visitor = () => request.agent(app.getHttpServer());
  type Visitor = ReturnType<typeof visitor>;
  const post = (browser: Visitor, path: string, fields: object = {}) =>
    browser.post(`/page/${path}`).type('form').send(fields);
  const pageOf = async (browser: Visitor): Promise<string> => (await browser.get('/').expect(200)).text;

  it.each([
    ['session/set', { key: 'a', value: '1' }, 'session'],
    ['session/delete', { key: 'a' }, 'session'],
    ['session/clear', {}, 'session'],
    ['counter/increment', {}, 'counter'],
    ['account/login', { user: 'Ada' }, 'account'],
    ['account/logout', {}, 'account'],
    ['lifetime/set', { seconds: '60' }, 'lifetime'],
    ['cookies/set', { name: 'a', value: '1', maxAge: '' }, 'cookies'],
    ['cookies/delete', { name: 'a' }, 'cookies'],
    ['cookies/tamper', { name: 'a' }, 'cookies'],
  ])('goes back to its part after %s', async (path, fields, part) => {
    const response = await post(visitor(), path, fields);
    expect([response.status, response.headers.location]).toEqual([303, `/#${part}`]);
  });

  it('says once how the last click went', async () => {
    const browser = visitor();
    await post(browser, 'cookies/set', { name: 'theme', value: 'dark', maxAge: '' });
    expect(await pageOf(browser)).toContain('Your browser has the cookie “theme” now.');
    expect(await pageOf(browser)).not.toContain('Your browser has');
  });

  it.each([
    ['a bad cookie name', 'cookies/set', { name: 'a b', value: '1', maxAge: '' }, 'name is not a legal one'],
    ['a bad lifetime', 'cookies/set', { name: 'a', value: '1', maxAge: 'soon' }, 'maxAge is no finite number'],
    ['too much for a cookie', 'cookies/set', { name: 'x'.repeat(5000), value: '1', maxAge: '' }, 'at most 4096'],
    [
      'strange letters',
      'cookies/set',
      { name: '😀\r\n\0'.repeat(500), value: '1', maxAge: '' },
      'name is not a legal one',
    ],
    ['a reserved session key', 'session/set', { key: `_${'a\r\n\0'.repeat(500)}`, value: '1' }, 'is reserved'],
    ['a bad session lifetime', 'lifetime/set', { seconds: 'soon' }, 'setExpiry takes seconds'],
    ['a login without a name', 'account/login', { user: '  ' }, 'Say who you are'],
  ])('says what was wrong with %s', async (_what, path, fields, reason) => {
    const browser = visitor();
    await post(browser, path, fields).expect(303);
    const page = await pageOf(browser);
    expect(page).toContain('role="alert"');
    expect(page).toContain(reason);
  });

  it('says nothing that the visitor, or another site, has made up', async () => {
    const browser = visitor();
    const { headers } = await browser
      .put('/signed-cookies/sample_notice')
      .send({ value: '{"section":"session","text":"Call this number","failed":false}' });
    expect(headers['set-cookie']).toHaveLength(1);
    expect(await pageOf(browser)).not.toContain('Call this number');
  });

  it('answers 400 to a form without its fields', async () => {
    await post(visitor(), 'session/set', { key: 'a' }).expect(400);
    await post(visitor(), 'session/set', { 'key[b]': 'a', value: '1' }).expect(400);
  });

  it('takes a session value for JSON if it is, and for a text if not', async () => {
    const browser = visitor();
    await post(browser, 'session/set', { key: 'n', value: '[1, 2]' });
    await post(browser, 'session/set', { key: 't', value: 'just [text' });
    expect((await browser.get('/session')).body.data).toEqual({ n: [1, 2], t: 'just [text' });
  });

  it('tells a signed cookie from one that was tampered with', async () => {
    const browser = visitor();
    await post(browser, 'cookies/set', { name: 'role', value: 'reader', maxAge: '', signed: 'on' });
    expect(await pageOf(browser)).toContain('<span class="badge signed">signed</span>');
    await post(browser, 'cookies/tamper', { name: 'role' });
    expect(await pageOf(browser)).toContain('<span class="badge tampered">tampered</span>');
    await browser.get('/signed-cookies/role').expect(400);
  });

  it('escapes whatever a visitor has stored', async () => {
    const browser = visitor();
    const markup = `<img src=x onerror="alert('1')">&amp;`;
    await browser.put(`/session/${encodeURIComponent(markup)}`).send({ value: { [markup]: markup } });
    await browser.put('/cookies/markup').send({ value: markup });
    await browser.put('/signed-cookies/signed').send({ value: markup });
    await browser.post('/login').send({ user: markup });
    await browser.put('/session/count').send({ value: markup });
    await post(browser, 'session/delete', { key: markup.repeat(2) });
    const page = await pageOf(browser);
    expect(page).not.toMatch(/<img|onerror="|alert\('/);
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;');
  });

  it('runs no script, and shows itself in no frame', async () => {
    const { headers, text } = await visitor().get('/');
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; style-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(text).not.toContain('<script');
  });

  it('never shows the session key in full, nor is it kept by caches', async () => {
    const browser = visitor();
    const { headers } = await browser.put('/session/a').send({ value: 1 });
    const key = /sessionid=(\w+)/.exec(headers['set-cookie']![0]!)![1]!;
    const page = await browser.get('/');
    expect(page.text).toContain(`${key.slice(0, 4)}•`);
    expect(page.text).not.toContain(key.slice(0, 5));
    expect(page.headers['cache-control']).toBe('no-store');
  });

  it('names the engine, and the lifetime in words', async () => {
    const browser = visitor();
    expect(await pageOf(browser)).toMatch(/<code>db<\/code>[^]*14 days[^]*a table of SQLite/);
    await post(browser, 'lifetime/set', { seconds: '90' });
    expect(await pageOf(browser)).toContain('1 minute 30 seconds');
    await post(browser, 'lifetime/set', { seconds: '0' });
    expect(await pageOf(browser)).toContain('until the browser closes');
    await post(browser, 'lifetime/set', { seconds: '' });
    expect(await pageOf(browser)).not.toContain('until the browser closes');
  });

  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [3600, '1 hour'],
    [93784, '1 day 2 hours'],
    [-5, '0 seconds'],
  ])('writes %d seconds as %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });

  it('escapes texts in templates, and takes markup as it is', () => {
    const items = ['<b>', 1].map((text) => html`<li>${text}</li>`);
    expect(html`<p title="${'"'}">${items}${undefined}${false}${''}</p>`.toString()).toBe(
      '<p title="&quot;"><li>&lt;b&gt;</li>\n<li>1</li></p>',
    );
  });
});
