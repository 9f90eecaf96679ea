import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';

let folder: string;
let app: NestExpressApplication;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
  app = await createApp(readConfiguration({ SESSION_COOKIE_AGE: '1000' }, folder), { logger: false });
  await app.init();
});

afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

/** A browser of its own, as far as cookies go. */
const visitor = () => request.agent(app.getHttpServer());
type Visitor = ReturnType<typeof visitor>;

const sessionCookieOf = (response: { headers: Record<string, unknown> }): string | undefined =>
  (response.headers['set-cookie'] as string[] | undefined)?.find((cookie) => cookie.startsWith('sessionid='));

describe.each(['/cookies', '/signed-cookies'])('The sample application under %s', (path) => {
  it('sets a cookie, gives its value and deletes it', async () => {
    const browser = visitor();
    const put = await browser.put(`${path}/theme`).send({ value: 'dark; “ü”', maxAge: 60 });
    expect([put.status, put.text]).toEqual([200, 'Setting a cookie']);
    expect(put.headers['set-cookie']).toEqual([
      expect.stringMatching(/^theme=.*; HttpOnly; Max-Age=60; .*SameSite=Lax$/),
    ]);
    await browser.get(`${path}/theme`).expect(200, { name: 'theme', value: 'dark; “ü”' });
    const deleted = await browser.delete(`${path}/theme`);
    expect([deleted.status, deleted.text]).toEqual([200, 'Deleting a cookie']);
    const gone = await browser.get(`${path}/theme`);
    expect([gone.status, gone.body.message]).toEqual([404, 'Cookie not found']);
  });

  it('sets a cookie for as long as the browser is open when it is told no lifetime', async () => {
    const { headers } = await visitor().put(`${path}/theme`).send({ value: 'dark' });
    expect(headers['set-cookie']?.[0]).not.toMatch(/Max-Age|expires/i);
  });

  it.each([
    ['a name that is not legal', 'a%20b', { value: 'x' }, /name is not a legal one/],
    ['a name that needs HTTPS', '__Host-a', { value: 'x' }, /requires Secure/],
    ['a missing value', 'a', {}, /its value is of type undefined/],
    ['a value that is no text', 'a', { value: 5 }, /its value is of type number/],
    ['a line break', 'a', { value: 'x\r\nSet-Cookie: b=1' }, /CR, LF/],
    ['more than browsers keep', 'a', { value: 'x'.repeat(5000) }, /at most 4096/],
    ['a lifetime that is no number', 'a', { value: 'x', maxAge: 'soon' }, /maxAge is no finite number/],
  ])('answers 400 to %s and sets nothing', async (_what, name, body, message) => {
    const response = await visitor().put(`${path}/${name}`).send(body);
    expect(response.status).toBe(400);
    expect(response.body.message).toMatch(message);
    expect(response.headers['set-cookie']).toBeUndefined();
  });

  it('answers 400 to the deletion of a cookie whose name is not legal', () =>
    visitor().delete(`${path}/a%20b`).expect(400));
});

describe('The sample application', () => {
  it('answers 400 to a signed cookie that was tampered with', async () => {
    const { headers } = await visitor().put('/signed-cookies/role').send({ value: 'reader' });
    const cookie = headers['set-cookie']![0]!.split(';')[0]!.replace('reader', 'editor');
    const response = await visitor().get('/signed-cookies/role').set('Cookie', cookie);
    expect([response.status, response.body.message]).toEqual([400, expect.stringMatching(/signature/)]);
  });

  it('does not hand the session key to a script of the page', async () => {
    const browser = visitor();
    await browser.put('/session/a').send({ value: 1 });
    await browser.get('/cookies/sessionid').expect(404);
  });

  it.each([[{ nested: [1, null, 'x'] }], [null], [0], ['text'], [false]])('keeps %j in the session', async (value) => {
    const browser = visitor();
    const put = await browser.put('/session/a').send({ value });
    expect([put.status, put.text]).toEqual([200, 'Session data set']);
    await browser.get('/session/a').expect(200, { key: 'a', value });
  });

  it('keeps the sessions of two visitors apart', async () => {
    await visitor().put('/session/a').send({ value: 1 });
    const other = await visitor().get('/session/a');
    expect([other.status, other.body.message]).toEqual([404, 'Session data not found']);
  });

  it('deletes a session key', async () => {
    const browser = visitor();
    await browser.put('/session/a').send({ value: 1 });
    const deleted = await browser.delete('/session/a');
    expect([deleted.status, deleted.text]).toEqual([200, 'Session key deleted']);
    await browser.get('/session/a').expect(404);
  });

  it('clears the session', async () => {
    const browser = visitor();
    await browser.put('/session/a').send({ value: 1 });
    const cleared = await browser.delete('/session');
    expect([cleared.status, cleared.text]).toEqual([200, 'Session data cleared']);
    expect(sessionCookieOf(cleared)).toMatch(/^sessionid=.*Max-Age=0/);
    expect((await browser.get('/session')).body.data).toEqual({});
  });

  it('gives all session data with its expiry', async () => {
    const browser = visitor();
    await browser.put('/session/a').send({ value: 1 });
    await browser.put('/session/b').send({ value: [2] });
    await browser.get('/session').expect(200, { data: { a: 1, b: [2] }, expiryAge: 1000, expireAtBrowserClose: false });
  });

  it.each([
    ['a reserved key', '_x', { value: 1 }, /"_x" is reserved/],
    ['a missing value', 'a', {}, /undefined/],
    ['a number that JSON cannot hold', 'a', '{"value": 1e400}', /Infinity/],
  ])('answers 400 to %s and starts no session', async (_what, key, body, message) => {
    const response = await visitor().put(`/session/${key}`).type('json').send(body);
    expect(response.status).toBe(400);
    expect(response.body.message).toMatch(message);
    expect(sessionCookieOf(response)).toBeUndefined();
  });

  it('sets the expiry of the session, and does not store it under the key "expiry"', async () => {
    const browser = visitor();
    const put = await browser.put('/session/expiry').send({ seconds: 300 });
    expect([put.status, put.text]).toEqual([200, 'Session expiry set']);
    expect(sessionCookieOf(put)).toMatch(/Max-Age=300/);
    await browser.get('/session/expiry').expect(404);
    expect((await browser.get('/session')).body).toMatchObject({ expiryAge: 300, expireAtBrowserClose: false });
  });

  it('lets the session end with the browser when the expiry is 0', async () => {
    const browser = visitor();
    expect(sessionCookieOf(await browser.put('/session/expiry').send({ seconds: 0 }))).not.toMatch(/Max-Age/);
    expect((await browser.get('/session')).body).toMatchObject({ expiryAge: 1000, expireAtBrowserClose: true });
  });

  it.each([{}, { seconds: null }, { seconds: 'abc' }, { seconds: '300' }, { seconds: [300] }])(
    'answers 400 to an expiry of %j',
    async (body) => {
      const response = await visitor().put('/session/expiry').send(body);
      expect([response.status, response.body.message]).toEqual([400, expect.stringMatching(/a number/)]);
    },
  );

  it('counts every request of a visitor', async () => {
    const browser = visitor();
    const first = await browser.post('/counter');
    expect([first.status, first.body]).toEqual([201, { count: 1 }]);
    await Promise.all(Array.from({ length: 20 }, () => browser.post('/counter').expect(201)));
    expect((await browser.post('/counter')).body).toEqual({ count: 22 });
  });

  it('counts from 1 when the visitor has stored something else there', async () => {
    const browser = visitor();
    await browser.put('/session/count').send({ value: 'many' });
    expect((await browser.post('/counter')).body).toEqual({ count: 1 });
  });

  it('lets nobody see /me who has not signed in, and starts no session for it', async () => {
    const response = await visitor().get('/me');
    expect([response.status, response.body.message]).toEqual([401, 'Sign in first: POST /login']);
    expect(sessionCookieOf(response)).toBeUndefined();
  });

  it('signs a visitor in under a new session key and keeps the data', async () => {
    const browser = visitor();
    const before = sessionCookieOf(await browser.put('/session/cart').send({ value: ['book'] }))!.split(';')[0]!;
    const login = await browser.post('/login').send({ user: ' Ada ' });
    expect([login.status, login.body]).toEqual([201, { user: 'Ada' }]);
    expect(sessionCookieOf(login)).toMatch(/^sessionid=[a-z0-9]{32};/);
    expect(sessionCookieOf(login)).not.toContain(before);
    await browser.get('/me').expect(200, { user: 'Ada' });
    await browser.get('/session/cart').expect(200, { key: 'cart', value: ['book'] });
    await visitor().get('/session/cart').set('Cookie', before).expect(404);
  });

  it('leaves nothing of one user to the next one who signs in', async () => {
    const browser = visitor();
    await browser.post('/login').send({ user: 'Ada' });
    await browser.put('/session/cart').send({ value: ['book'] });
    await browser.post('/login').send({ user: 'Bob' }).expect(201);
    expect((await browser.get('/session')).body.data).toEqual({ user: 'Bob' });
  });

  it.each([{}, { user: '' }, { user: '  ' }, { user: 5 }])('answers 400 to a login with %j', (body) =>
    visitor().post('/login').send(body).expect(400),
  );

  it('signs a visitor out for good', async () => {
    const browser = visitor();
    const cookie = sessionCookieOf(await browser.post('/login').send({ user: 'Ada' }))!.split(';')[0]!;
    await browser.post('/logout').expect(201);
    await browser.get('/me').expect(401);
    await visitor().get('/me').set('Cookie', cookie).expect(401);
  });

  it('answers 400, not 500, to a path or a body that cannot be read', async () => {
    await visitor().put('/cookies/%E0%A4%A').send({ value: 'x' }).expect(400);
    await visitor().put('/session/a').type('json').send('{').expect(400);
  });

  it.each<[string, (browser: Visitor) => request.Test]>([
    ['a cookie', (browser) => browser.put('/cookies/a').send({ value: 'x' })],
    ['a page', (browser) => browser.get('/')],
    ['a stylesheet', (browser) => browser.get('/style.css')],
  ])('starts no session for %s', async (_what, ask) => {
    expect(sessionCookieOf(await ask(visitor()).expect(200))).toBeUndefined();
  });
});
