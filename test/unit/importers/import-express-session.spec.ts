import { createHmac } from 'node:crypto';
import expressSession from 'express-session';
import {
  type ExpressSessionImportOptions,
  type ExpressStore,
  importExpressSession,
  importFastifySession,
  SessionOptionsError,
} from 'nest-sessions';
import { Claims } from './claims.js';

const SECRET = 'old secret';
const HOUR = 3_600_000;

/** As cookie-signature signs. */
function signed(id: string, secret = SECRET): string {
  return `${id}.${createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')}`;
}

const cookie = (id: string, secret?: string): string => `connect.sid=${encodeURIComponent(`s:${signed(id, secret)}`)}`;

/** A store that holds the objects themselves, so that they need not be what JSON can hold. */
class ObjectStore implements ExpressStore {
  readonly entries = new Map<string, object>();

  get(id: string, done: (error: unknown, entry?: object) => void): void {
    done(null, this.entries.get(id));
  }

  set(id: string, entry: object, done: () => void): void {
    this.entries.set(id, entry);
    done();
  }

  destroy(id: string, done: () => void): void {
    this.entries.delete(id);
    done();
  }
}

describe('importExpressSession', () => {
  let store: ObjectStore;
  let claims: Claims;

  const importing = (options: Partial<ExpressSessionImportOptions> = {}): void => {
    claims = new Claims(importExpressSession({ store, secret: SECRET, ...options }));
  };
  const given = (entry: object, lifetime: object = { originalMaxAge: null, expires: null }): void =>
    void store.entries.set('id', { cookie: lifetime, ...entry });
  const inMs = (milliseconds: number): string => new Date(claims.clock.now() + milliseconds).toISOString();

  beforeEach(() => {
    store = new ObjectStore();
    importing();
  });

  it('says once that the store has no session for a cookie that is signed rightly', async () => {
    expect(await claims.valuesOf(cookie('unknown'))).toBeUndefined();
    expect(await claims.valuesOf(cookie('unknown too'))).toBeUndefined();
    expect(claims.warnings).toEqual([expect.stringContaining('compare their prefixes')]);
    expect(claims.warnings[0]).not.toContain('unknown');
  });

  describe('the cookie', () => {
    beforeEach(() => given({ userId: 1 }));

    it('names a session that the old secret signed', async () => {
      expect(await claims.valuesOf(cookie('id'))).toEqual({ userId: 1 });
      expect(claims.warnings).toEqual([]);
    });

    it.each([
      ['another secret', cookie('id', 'another')],
      ['no signature', 'connect.sid=s%3Aid'],
      ['no prefix', `connect.sid=${encodeURIComponent(signed('id'))}`],
      ['an empty signature', 'connect.sid=s%3Aid.'],
      ['no identifier', `connect.sid=${encodeURIComponent(`s:${signed('')}`)}`],
      ['a cut signature', cookie('id').slice(0, -1)],
      ['padding', `${cookie('id')}%3D`],
      ['broken percent signs', `${cookie('id')}%`],
    ])('is ignored with %s, and the log does not show it', (_, header) => {
      expect(claims.of(header)).toEqual([]);
      expect(claims.warnings).toEqual([
        'A cookie "connect.sid" of express-session is ignored: it was altered, or signed with another secret.',
      ]);
    });

    it('is ignored without a word where it is empty, or another', () => {
      for (const header of ['connect.sid=', 'other=1', 'connect.sid.sig=1']) expect(claims.of(header)).toEqual([]);
      expect(claims.warnings).toEqual([]);
    });

    it('may be signed with any of the secrets, which may be bytes', async () => {
      importing({ secret: ['new', Buffer.from(SECRET)] });
      expect(await claims.valuesOf(cookie('id'))).toEqual({ userId: 1 });
      expect(await claims.valuesOf(cookie('id', 'new'))).toEqual({ userId: 1 });
    });

    it('may have another name', async () => {
      importing({ name: 'sid' });
      expect(claims.of(cookie('id'))).toEqual([]);
      expect(await claims.valuesOf(cookie('id').replace('connect.sid', 'sid'))).toEqual({ userId: 1 });
    });

    it('is looked for among several of its name, but not among any number', async () => {
      expect(claims.of(`connect.sid=s%3Ax.y; ${cookie('id')}`)).toHaveLength(1);
      expect(claims.of(`${'connect.sid=s%3Ax.y; '.repeat(5)}${cookie('id')}`)).toHaveLength(0);
    });

    it('is dropped with the attributes that it was set with', () => {
      importing({ cookie: { path: '/shop', domain: 'example.com', sameSite: true, partitioned: true } });
      expect(claims.of(cookie('id'))[0]!.cookies).toEqual([
        {
          name: 'connect.sid',
          options: { path: '/shop', domain: 'example.com', sameSite: 'strict', partitioned: true },
        },
      ]);
    });

    it('is not taken any more from the date on', () => {
      importing({ until: new Date(claims.clock.now() + 1000) });
      expect(claims.of(cookie('id'))).toHaveLength(1);
      claims.clock.advance(1);
      expect(claims.of(cookie('id'))).toHaveLength(0);
    });
  });

  describe('the data', () => {
    it('are all but the cookie', async () => {
      given({ userId: 1, cart: [{ item: 'tea' }], cookies: 2 });
      expect(await claims.valuesOf(cookie('id'))).toEqual({ userId: 1, cart: [{ item: 'tea' }], cookies: 2 });
    });

    it('are what JSON makes of them, as if the old store had written them', async () => {
      class Item {
        constructor(readonly name: string) {}
      }
      given({
        at: new Date(0),
        item: new Item('tea'),
        list: [undefined, NaN],
        map: new Map([[1, 2]]),
        none: undefined,
      });
      expect(await claims.valuesOf(cookie('id'))).toEqual({
        at: '1970-01-01T00:00:00.000Z',
        item: { name: 'tea' },
        list: [null, null],
        map: {},
      });
      expect(claims.warnings).toEqual([]);
    });

    it('leave out what JSON refuses and keys that begin with "_", which the log says once', async () => {
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      given({ userId: 1, big: 1n, cycle, call: () => 1, _csrf: 'token', ['__proto__x']: 1 });
      for (let time = 0; time < 2; time++) expect(await claims.valuesOf(cookie('id'))).toEqual({ userId: 1 });
      expect(claims.warnings.map((warning) => /without "(\w+)": (\w+)/.exec(warning)?.slice(1))).toEqual([
        ['big', 'JSON'],
        ['cycle', 'JSON'],
        ['call', 'JSON'],
        ['_csrf', 'keys'],
        ['__proto__x', 'keys'],
      ]);
      expect(claims.warnings.join()).not.toContain('token');
    });

    it('may hold "__proto__", which harms nothing', async () => {
      store.entries.set('id', JSON.parse('{"cookie":{},"__proto__":{"isAdmin":true}}') as object);
      const values = await claims.valuesOf(cookie('id'));
      expect(Object.keys(values!)).toEqual(['__proto__']);
      expect((values as { isAdmin?: boolean }).isAdmin).toBeUndefined();
      expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    });

    it('can be converted', async () => {
      importing({ convert: ({ _csrf, user }) => ({ csrf: _csrf, userId: (user as { id: number }).id }) });
      given({ _csrf: 'token', user: { id: 7, name: 'ann' }, trace: 'x' });
      expect(await claims.valuesOf(cookie('id'))).toEqual({ csrf: 'token', userId: 7 });
    });

    it('are none when the session is empty, gone, or a file that is not there', async () => {
      given({});
      expect(await claims.of(cookie('id'))[0]!.load()).toBeUndefined();
      expect(await claims.of(cookie('other'))[0]!.load()).toBeUndefined();
      store.get = (_id, done) => done(Object.assign(new Error('no file'), { code: 'ENOENT' }));
      expect(await claims.of(cookie('id'))[0]!.load()).toBeUndefined();
    });

    it('are not to be had, rather than none, when the store cannot answer', async () => {
      store.get = (_id, done) => done(new Error('down'));
      await expect(claims.of(cookie('id'))[0]!.load()).rejects.toThrow('down');
      importing({ timeout: 0.01 });
      store.get = () => {};
      await expect(claims.of(cookie('id'))[0]!.load()).rejects.toThrow('did not answer within 0.01 seconds');
    });
  });

  describe('the age', () => {
    it('ends a session also where its store has kept it', async () => {
      given({ userId: 1 }, { originalMaxAge: HOUR, expires: inMs(1) });
      expect(await claims.valuesOf(cookie('id'))).toEqual({ userId: 1 });
      given({ userId: 1 }, { originalMaxAge: HOUR, expires: inMs(0) });
      expect(await claims.valuesOf(cookie('id'))).toBeUndefined();
    });

    it.each([
      ['that of a new session where it was the usual one', { maxAge: HOUR }, HOUR, undefined],
      ['that of a new session where express-session measured it late', { maxAge: HOUR }, HOUR - 2, undefined],
      ['that of a new session where there was none', {}, null, undefined],
      ['its own where it had one', { maxAge: HOUR }, 30 * HOUR, 30 * 3600],
      ['its own in whole seconds', {}, 1500, 2],
      ['until the browser closes where it was to end then', { maxAge: HOUR }, null, 0],
    ])('is %s', async (_, usual, originalMaxAge, expiry) => {
      importing({ cookie: usual });
      given({ userId: 1 }, { originalMaxAge, expires: originalMaxAge === null ? null : inMs(HOUR) });
      expect((await claims.of(cookie('id'))[0]!.load())?.expiry).toBe(expiry);
    });
  });

  describe('the end', () => {
    it('destroys what the store has, and nothing happens the second time', async () => {
      given({ userId: 1 });
      const [session] = claims.of(cookie('id'));
      await session!.end();
      await session!.end();
      expect(store.entries.size).toBe(0);
    });

    it('in a while leaves the session what it is until then, and is never put off', async () => {
      given({ userId: 1 }, { originalMaxAge: HOUR, expires: inMs(HOUR) });
      const end = async (): Promise<void> => {
        const [session] = claims.of(cookie('id'));
        expect(await session!.load()).toEqual({ values: { userId: 1 }, expiry: 3600 });
        await session!.end(60);
      };
      await end();
      expect(store.entries.get('id')).toMatchObject({ cookie: { originalMaxAge: HOUR, expires: inMs(60_000) } });
      claims.clock.advance(59);
      await end();
      claims.clock.advance(1);
      expect(await claims.valuesOf(cookie('id'))).toBeUndefined();
    });

    it('in a while works on the stores that read the age of the cookie, and on those that read its end', async () => {
      // Not the MemoryStore itself, which is refused.
      const memory = new (class extends expressSession.MemoryStore {})();
      const set = (entry: object): void => memory.set('id', entry as never);
      set({ userId: 1, cookie: { originalMaxAge: null, expires: null } });
      claims = new Claims(importExpressSession({ store: memory, secret: SECRET }));
      const [session] = claims.of(cookie('id'));
      await session!.load();
      await session!.end(60);
      const kept = JSON.parse((memory as unknown as { sessions: Record<string, string> }).sessions.id!) as object;
      expect(kept).toEqual({
        userId: 1,
        cookie: { originalMaxAge: null, maxAge: 60_000, expires: new Date(claims.clock.now() + 60_000).toISOString() },
      });
    });
  });

  it.each<[string, object, string]>([
    ['no store', { store: undefined }, '"store"'],
    ['what is no store', { store: { get: () => {} } }, '"store"'],
    ['the memory of another process', { store: new expressSession.MemoryStore() }, '"store"'],
    ['no secret', { secret: undefined }, '"secret"'],
    ['an empty secret', { secret: '' }, '"secret"'],
    ['no secrets', { secret: [] }, '"secret"'],
    ['an empty secret among others', { secret: ['x', ''] }, '"secret"'],
    ['a date in words', { until: 'tomorrow' }, '"until"'],
    ['a date that is none', { until: new Date('tomorrow') }, '"until"'],
  ])('refuses %s', (_, options, name) => {
    expect(() => importing(options as never)).toThrow(SessionOptionsError);
    expect(() => importing(options as never)).toThrow(name);
  });
});

describe('importFastifySession', () => {
  it('reads the cookie of @fastify/session, with its prefix where it has one', async () => {
    const store = new ObjectStore();
    store.entries.set('id', { userId: 1, cookie: { path: '/', originalMaxAge: null } });
    const plain = new Claims(importFastifySession({ store, secret: SECRET }));
    expect(await plain.valuesOf(`sessionId=${encodeURIComponent(signed('id'))}`)).toEqual({ userId: 1 });
    const prefixed = new Claims(importFastifySession({ store, secret: SECRET, cookieName: 'sid', cookiePrefix: 's:' }));
    expect(await prefixed.valuesOf(`sid=s:${signed('id')}`)).toEqual({ userId: 1 });
    expect(prefixed.of(`sid=${signed('id')}`)).toEqual([]);
  });
});
