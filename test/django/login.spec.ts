import { UnauthorizedException } from '@nestjs/common';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import { DjangoAuth } from 'nest-sessions';
import { DjangoUserGuard, type UserRow } from '../../docs/examples/django-user.guard.js';
import { SECRET } from '../support/applications.js';
import { describeWith } from '../support/services.js';
import { SessionWorld } from '../support/session-world.js';
import { Browser } from './browser.js';
import type { DjangoUserRow } from './django.js';
import { Peers, places } from './peers.js';

const onSqlite = places.find(({ name }) => name === 'db on SQLite')!;

await describeWith('django', 'A login shared with Django', () => {
  let peers: Peers;
  let ann: DjangoUserRow;
  let bob: DjangoUserRow;
  let browser: Browser;
  beforeAll(async () => {
    peers = await Peers.start(onSqlite);
    ann = await peers.django.createUser('ann', 'open sesame');
    bob = await peers.django.createUser('bob', 'hunter2');
    peers.nest.users.set('ann', ann).set('bob', bob);
  }, 120_000);
  afterAll(() => peers?.stop(), 60_000);
  beforeEach(() => {
    browser = new Browser();
  });

  describe.each([
    ['Django', 'Nest'],
    ['Nest', 'Django'],
  ] as const)('of %s, seen from %s', (from, to) => {
    it('is known', async () => {
      expect(await browser.do(peers.sides[from], ['user'])).toEqual([null]);
      await browser.do(peers.sides[from], ['log_in', 'ann', 'open sesame']);
      expect(await browser.do(peers.sides[to], ['user'])).toEqual([ann.id]);
      expect(await browser.do(peers.sides[from], ['user'])).toEqual([ann.id]);
    });

    it('keeps what the visitor had before, under a new key', async () => {
      await browser.do(peers.sides[to], ['set', 'cart', [1]]);
      const before = browser.cookie!;
      await browser.do(peers.sides[from], ['log_in', 'ann', 'open sesame']);
      expect(await browser.do(peers.sides[to], ['get', 'cart'], ['user'])).toEqual([[1], ann.id]);
      browser.cookie = before;
      expect(await browser.do(peers.sides[to], ['all'])).toEqual([{}]);
    });

    it('as another user leaves nothing of the first', async () => {
      await browser.do(peers.sides[to], ['log_in', 'ann', 'open sesame'], ['set', 'cart', [1]]);
      await browser.do(peers.sides[from], ['log_in', 'bob', 'hunter2']);
      expect(await browser.do(peers.sides[to], ['get', 'cart'], ['user'])).toEqual([null, bob.id]);
    });

    it('as the same user keeps the data, and only Django keeps the key', async () => {
      await browser.do(peers.sides[to], ['log_in', 'ann', 'open sesame'], ['set', 'cart', [1]]);
      const before = browser.cookie;
      await browser.do(peers.sides[from], ['log_in', 'ann', 'open sesame']);
      expect(await browser.do(peers.sides[to], ['get', 'cart'], ['user'])).toEqual([[1], ann.id]);
      expect(browser.cookie === before).toBe(from === 'Django');
    });

    it('ends with a logout on the other side', async () => {
      await browser.do(peers.sides[from], ['log_in', 'ann', 'open sesame']);
      const before = browser.cookie!;
      await browser.do(peers.sides[to], ['log_out']);
      expect(await browser.do(peers.sides[from], ['user'])).toEqual([null]);
      browser.cookie = before;
      expect(await browser.do(peers.sides[from], ['user'])).toEqual([null]);
    });

    it('ends when the password changes', async () => {
      const name = `changing ${from}`;
      const user = await peers.django.createUser(name, 'old');
      peers.nest.users.set(name, user);
      await browser.do(peers.sides[from], ['log_in', name, 'old']);
      expect(await browser.do(peers.sides[to], ['user'])).toEqual([user.id]);
      peers.nest.users.set(name, { ...user, passwordHash: await peers.django.changePassword(name, 'new') });
      expect(await browser.do(peers.nest, ['user'])).toEqual([null]);
      expect(await browser.do(peers.django, ['user'])).toEqual([null]);
    });
  });

  it('opens the guard of the docs, until the user is gone', async () => {
    await browser.do(peers.django, ['log_in', 'ann', 'open sesame'], ['set', 'a', 1]);
    const { sessions } = peers.nest;
    const rows = new Map<string, UserRow>([
      [String(ann.id), { id: ann.id, password: ann.passwordHash, is_active: true }],
    ]);
    const guard = new DjangoUserGuard(sessions, peers.nest.auth, { find: async (id) => rows.get(id) });
    const attempt = async (cookie: string | undefined): Promise<unknown> => {
      const request: { headers: object; user?: UserRow } = { headers: { cookie } };
      await guard.canActivate(new ExecutionContextHost([request]));
      return request.user?.id;
    };
    expect(await attempt(browser.cookie)).toBe(ann.id);
    await expect(attempt(undefined)).rejects.toThrow(UnauthorizedException);
    expect(await browser.do(peers.django, ['user'])).toEqual([ann.id]);

    rows.set(String(ann.id), { id: ann.id, password: bob.passwordHash, is_active: true });
    await expect(attempt(browser.cookie)).rejects.toThrow(UnauthorizedException);
    expect(await browser.do(peers.django, ['all'])).toEqual([{}]);
  });
});

describe('DjangoAuth', () => {
  const user = { id: 1, passwordHash: 'md5$salt$hash' };
  const auth = new DjangoAuth({ secret: SECRET, secretFallbacks: [] });
  let world: SessionWorld;
  beforeEach(() => {
    world = new SessionWorld();
  });

  it('knows a login that was made under a former secret', async () => {
    const { session } = await world.request();
    await auth.logIn(session, user);
    const now = new DjangoAuth({ secret: 'new', secretFallbacks: ['other', SECRET] });
    expect(now.verify(session, user.passwordHash)).toBe(true);
    expect(new DjangoAuth({ secret: 'new', secretFallbacks: [] }).verify(session, user.passwordHash)).toBe(false);
  });

  it('takes nothing for a login that is not all of one', async () => {
    const { session } = await world.request();
    for (const [key, value] of [
      ['_auth_user_id', 1],
      ['_auth_user_id', '1'],
      ['_auth_user_hash', ''],
      ['_auth_user_hash', ['x']],
    ] as const) {
      session.setReserved(key, value);
      expect(auth.user(session)).toBeUndefined();
      expect(auth.verify(session, user.passwordHash)).toBe(false);
    }
  });

  it('gives a new key at each login, also of who is logged in already', async () => {
    const { session } = await world.request(await world.given());
    const keys = [session.key];
    for (let login = 0; login < 2; login++) {
      await auth.logIn(session, user);
      await session.save();
      keys.push(session.key);
    }
    expect(new Set(keys).size).toBe(3);
    expect(await Promise.all(keys.map((key) => world.data(key!)))).toEqual([
      undefined,
      undefined,
      expect.objectContaining({ _auth_user_id: '1' }),
    ]);
  });

  it("forgets the secret of Django's forms, of which somebody may have known before", async () => {
    const { session } = await world.request();
    session.setReserved('_csrftoken', 'x');
    await auth.logIn(session, user);
    expect(session.has('_csrftoken')).toBe(false);
    expect(auth.user(session)).toEqual({ id: '1', backend: 'django.contrib.auth.backends.ModelBackend' });
  });
});
