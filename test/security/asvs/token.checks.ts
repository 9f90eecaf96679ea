import { createHash } from 'node:crypto';
import { newSessionKey } from '../../../src/session/session-key.js';
import { SECRET } from '../../support/applications.js';
import { COOKIE, type SecuredApplication } from './secured-application.js';

/** V7.2, fundamental session management security. */
export function tokenChecks(application: SecuredApplication): void {
  const { keepsOnServer } = application.engine;

  it('V7.2.1 only the server tells what a token is worth: none that was made up, altered or cut opens a session', async () => {
    const { token } = await application.loggedIn('ann');
    const places = Array.from({ length: 16 }, (_, index) => Math.floor((index * token.length) / 16));
    const forged = [
      ...places.map((at) => token.slice(0, at) + (token[at] === 'a' ? 'b' : 'a') + token.slice(at + 1)),
      token.slice(0, -1),
      `${token}a`,
      token.toUpperCase(),
      createHash('sha256').update(token).digest('hex'),
      Buffer.from('{"userId":"ann"}').toString('base64url'),
      'userId=ann',
    ];
    for (const value of forged) {
      const thief = application.browser(`${COOKIE}=${value}`);
      expect([value.length, await thief.user()]).toEqual([value.length, null]);
      expect(thief.cookie).toBeUndefined();
    }
  });

  it('V7.2.2 each session has a token that was made for it; neither a secret nor a fixed value opens one', async () => {
    const one = await application.loggedIn('ann');
    application.clock.advance(1);
    const two = await application.loggedIn('ann');
    expect(one.token).not.toBe(two.token);
    for (const fixed of [SECRET, 'ann', 'test', '0'.repeat(32)]) {
      expect(await application.browser(`${COOKIE}=${fixed}`).user()).toBeNull();
    }
  });

  if (keepsOnServer) {
    it('V7.2.3 tokens are 32 random letters and digits, which is 165 bits, and none comes twice', async () => {
      const tokens = new Set<string>();
      for (let session = 0; session < 20; session++) tokens.add((await application.loggedIn('ann')).token);
      expect(tokens.size).toBe(20);
      expect([...tokens].filter((token) => !/^[a-z0-9]{32}$/.test(token))).toEqual([]);
      expect(32 * Math.log2(36)).toBeGreaterThan(128);
    });

    it('V7.2.4 a new session token at login and at each login after it, and the old one dead', async () => {
      const browser = application.browser();
      await browser.post('/cart');
      for (let login = 0; login < 3; login++) {
        const before = browser.copy();
        expect((await browser.post('/log-in/ann')).status).toBe(201);
        expect((await browser.get('/user')).body).toEqual({ user: 'ann', cart: 1 });
        expect(browser.token).not.toBe(before.token);
        expect((await before.get('/user')).body).toEqual({ user: null, cart: 0 });
      }
    });
  } else {
    it('V7.2.4 (cookie engines) a new session token at login; the old one holds what it did before, not the login', async () => {
      const browser = application.browser();
      await browser.post('/cart');
      const before = browser.copy();
      await browser.post('/log-in/ann');
      expect((await browser.get('/user')).body).toEqual({ user: 'ann', cart: 1 });
      expect(browser.token).not.toBe(before.token);
      expect((await before.get('/user')).body).toEqual({ user: null, cart: 1 });
    });
  }

  it('V7.2.4 a token that an attacker chose is never taken over', async () => {
    const chosen = newSessionKey();
    const victim = application.browser(`${COOKIE}=${chosen}`);
    await victim.post('/cart');
    expect(victim.token).not.toBe(chosen);
    await victim.post('/log-in/ann');
    expect(victim.token).not.toBe(chosen);
    expect(await application.browser(`${COOKIE}=${chosen}`).user()).toBeNull();
  });
}
