import { Browser, HOUR, MINUTE, type SecuredApplication } from './secured-application.js';

/** V7.1.2, V7.5 and V7.6: concurrent sessions, defences against session abuse, federated re-authentication. */
export function reauthenticationChecks(application: SecuredApplication): void {
  const { clock, engine } = application;

  it('V7.5.1 a handler demands a recent login before it changes an account; a copy from before gains nothing by a new one', async () => {
    const browser = await application.loggedIn('ann');
    expect((await browser.post('/email')).status).toBe(201);
    clock.advance(6 * MINUTE);
    expect((await browser.post('/email')).status).toBe(403);
    const copy = browser.copy();
    await browser.post('/log-in/ann');
    expect((await browser.post('/email')).status).toBe(201);
    expect((await copy.post('/email')).status).toBe(403);
  });

  it('V7.5.3 a confirmation that is kept in the session counts for its time, and for no copy from before', async () => {
    const browser = await application.loggedIn('ann');
    expect((await browser.post('/transfer')).status).toBe(403);
    const copy = browser.copy();
    await browser.post('/confirm');
    expect((await browser.post('/transfer')).status).toBe(201);
    expect((await copy.post('/transfer')).status).toBe(403);
    clock.advance(5 * MINUTE);
    expect((await browser.post('/transfer')).status).toBe(403);
  });

  it('V7.6.1 a session ends when the identity provider has said, however much it is used', async () => {
    const browser = application.browser();
    await browser.post('/log-in/ann', { until: new Date(clock.now() + HOUR * 1000).toISOString() });
    for (let used = 0; used < 55; used += 5) {
      clock.advance(5 * MINUTE);
      await browser.get('/untouched');
    }
    clock.advance(5 * MINUTE - 1);
    expect(await browser.user()).toBe('ann');
    clock.advance(1);
    expect(await browser.copy().user()).toBeNull();
  });

  it('V7.6.2 no session begins by a visit, only by what the application stores', async () => {
    const browser = application.browser();
    for (const path of ['/untouched', '/user', '/whole', '/nowhere']) {
      expect((await browser.get(path)).headers).not.toHaveProperty('set-cookie');
    }
    await browser.post('/log-out');
    expect(browser.cookie).toBeUndefined();
    await browser.post('/cart');
    expect(browser.cookie).toBeDefined();
  });

  if (!engine.listsByUser) return;

  it('V7.1.2 an application holds the sessions of a user to a number: the oldest ends when one too many begins', async () => {
    const browsers: Browser[] = [];
    for (let login = 0; login < 4; login++) {
      clock.advance(1);
      browsers.push(application.browser());
      await browsers.at(-1)!.post('/log-in-once/gus');
    }
    const users = await Promise.all(browsers.map((browser) => browser.user()));
    expect(users).toEqual([null, null, 'gus', 'gus']);
  });

  it('V7.5.2 users see their sessions and end any of them, but none of somebody else', async () => {
    const [phone, desk, other] = [
      await application.loggedIn('hal'),
      await application.loggedIn('hal'),
      await application.loggedIn('ida'),
    ];
    const { body: devices } = await desk.get('/devices');
    expect(devices).toHaveLength(2);
    expect(JSON.stringify(devices)).not.toMatch(new RegExp(`${phone.token}|${desk.token}`));
    const { handle } = devices.find(({ current }: { current: boolean }) => !current);
    expect((await other.post(`/devices/${handle}/revoke`)).body).toEqual({ ended: false });
    expect((await desk.post(`/devices/${handle}/revoke`)).body).toEqual({ ended: true });
    expect([await phone.user(), await desk.user(), await other.user()]).toEqual([null, 'hal', 'ida']);
  });

  it('V7.6.1 a logout at the identity provider ends the session here, by its user', async () => {
    const browser = await application.loggedIn('https://id.example|jan');
    expect(await application.sessions.revokeByUser('https://id.example|jan')).toBe(1);
    expect(await browser.user()).toBeNull();
  });
}
