import { HOUR, MINUTE, type SecuredApplication } from './secured-application.js';

/** V7.3, session timeout. */
export function timeoutChecks(application: SecuredApplication): void {
  const { clock } = application;

  it('V7.3.1 a session that nobody uses for cookieAge is over on the server; every request counts as use', async () => {
    const browser = await application.loggedIn('ann');
    for (let request = 0; request < 3; request++) {
      clock.advance(30 * MINUTE - 1);
      await browser.get('/untouched');
    }
    expect(await browser.user()).toBe('ann');
    const copy = browser.copy();
    clock.advance(30 * MINUTE);
    expect(await copy.user()).toBeNull();
  });

  it('V7.3.2 a session is over at absoluteAge, however much it is used and whatever it is given', async () => {
    const browser = application.browser();
    await browser.post('/cart');
    for (let used = 0; used < 11 * HOUR; used += 20 * MINUTE) {
      clock.advance(20 * MINUTE);
      await browser.get('/untouched');
    }
    await browser.post('/log-in/ann', { until: new Date(clock.now() + 9 * HOUR * 1000).toISOString() });
    clock.advance(HOUR - 1);
    expect(await browser.user()).toBe('ann');
    const copy = browser.copy();
    clock.advance(1);
    expect(await copy.user()).toBeNull();
  });
}
