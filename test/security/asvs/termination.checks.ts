import { UnsupportedByEngineError } from 'nest-sessions';
import { Browser, MINUTE, type SecuredApplication } from './secured-application.js';

/** V7.4, session termination. */
export function terminationChecks(application: SecuredApplication): void {
  const { clock, engine } = application;

  const users = (browsers: Browser[]): Promise<(string | null)[]> =>
    Promise.all(browsers.map((browser) => browser.copy().user()));

  if (engine.keepsOnServer) {
    it('V7.4.1 after a logout, or when it has expired, nothing opens the session any more', async () => {
      const browser = await application.loggedIn('ann');
      const copy = browser.copy();
      await browser.post('/log-out');
      expect(browser.cookie).toBeUndefined();
      expect(await copy.copy().user()).toBeNull();
      await copy.post('/cart');
      expect(await copy.user()).toBeNull();

      const idle = await application.loggedIn('ann');
      clock.advance(30 * MINUTE);
      expect(await idle.copy().user()).toBeNull();
      expect(await application.sessions.find(idle.token)).toBeUndefined();
    });

    it('V7.4.4 a logout works from a handler, a guard and a service', async () => {
      for (const path of ['/log-out', '/log-out-by-guard', '/log-out-by-service']) {
        const browser = await application.loggedIn('ann');
        const copy = browser.copy();
        await browser.post(path);
        expect([path, await copy.user()]).toEqual([path, null]);
      }
    });
  } else {
    it('V7.4.1 (cookie engines) a copy works after a logout until it expires, unless the application refuses it', async () => {
      const browser = await application.loggedIn('bob');
      const copy = browser.copy();
      clock.advance(1);
      await browser.post('/log-out-everywhere');
      expect(browser.cookie).toBeUndefined();
      expect(await copy.copy().user()).toBe('bob');
      expect(await copy.copy().user('/user-if-valid')).toBeNull();
      clock.advance(1);
      expect(await (await application.loggedIn('bob')).user('/user-if-valid')).toBe('bob');
      clock.advance(30 * MINUTE);
      expect(await copy.user()).toBeNull();
    });

    it('V7.4.4 (cookie engines) a logout from a handler or a guard takes the cookie from the browser', async () => {
      for (const path of ['/log-out', '/log-out-by-guard']) {
        const browser = await application.loggedIn('ann');
        await browser.post(path);
        expect([path, browser.cookie]).toEqual([path, undefined]);
      }
    });
  }

  if (engine.listsByUser) {
    it('V7.4.2 all sessions of a user end when the account is closed, and no others', async () => {
      const browsers = await Promise.all(['cat', 'cat', 'cat', 'dan'].map((user) => application.loggedIn(user)));
      expect(await application.sessions.revokeByUser('cat')).toBe(3);
      expect(await users(browsers)).toEqual([null, null, null, 'dan']);
    });

    it('V7.4.3 all other sessions of a user end when the password changes', async () => {
      const browsers = await Promise.all(['eve', 'eve', 'eve', 'dan'].map((user) => application.loggedIn(user)));
      const stolen = browsers[0]!.copy();
      expect((await browsers[0]!.post('/password')).body).toEqual({ ended: 2 });
      expect(await users([...browsers, stolen])).toEqual(['eve', null, null, 'dan', null]);
    });

    it('V7.4.5 an administrator ends one session of a user, or all of them', async () => {
      const browsers = await Promise.all(['fay', 'fay', 'fay'].map((user) => application.loggedIn(user)));
      const [{ handle } = { handle: '' }] = await application.sessions.listByUser('fay');
      expect(await application.sessions.revoke(handle)).toBe(true);
      expect((await users(browsers)).filter(Boolean)).toEqual(['fay', 'fay']);
      expect(await application.sessions.revokeByUser('fay')).toBe(2);
      expect((await users(browsers)).filter(Boolean)).toEqual([]);
    });
  } else {
    it('V7.4.2 (engines that cannot list) ending the sessions of a user is refused, not left undone in silence', async () => {
      const { sessions } = application;
      for (const call of [
        sessions.revokeByUser('ann'),
        sessions.listByUser('ann'),
        sessions.revoke('a'.repeat(16) + '.YW5u'),
      ]) {
        await expect(call).rejects.toThrow(UnsupportedByEngineError);
      }
    });
  }

  if (!engine.isLasting) return;

  it('V7.4.5 a new secret without a fallback ends the sessions of all users', async () => {
    const browser = await application.loggedIn('ann');
    const other = await application.another({ secret: 'the second secret of the tests, as long as the first' });
    expect(await new Browser(other, browser.cookie).user()).toBeNull();
    await other.close();
    expect(await browser.user()).toBe('ann');
  });
}
