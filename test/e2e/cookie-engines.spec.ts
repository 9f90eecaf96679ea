import { Body, Controller, Get, type INestApplication, Param, ParseIntPipe, Post, Put } from '@nestjs/common';
import {
  type EngineName,
  Session,
  SessionEngine,
  type SessionModuleOptions,
  SessionService,
  UnsupportedByEngineError,
} from 'nest-sessions';
import request from 'supertest';
import { EncryptedCookieEngine, SignedCookieEngine } from '../../src/engines/cookie/index.js';
import type { CookieSessionEngine } from '../../src/engines/cookie-session-engine.js';
import { cookieOf, platforms, SECRET, setCookies, startApplication } from '../support/applications.js';
import { TestClock } from '../support/test-clock.js';

@Controller()
class SessionController {
  @Put('values/:key')
  set(@Session() session: Session, @Param('key') key: string, @Body() body: { value: unknown }) {
    session.set(key, body.value);
  }

  @Get('values/:key')
  get(@Session() session: Session, @Param('key') key: string) {
    return { value: session.get(key, null) };
  }

  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'ann');
  }

  @Post('login-unawaited')
  loginUnawaited(@Session() session: Session) {
    void session.cycleKey();
    session.set('user', 'ann');
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Post('logout-unawaited')
  logoutUnawaited(@Session() session: Session) {
    void session.flush();
  }

  @Post('expiry/:seconds')
  expiry(@Session() session: Session, @Param('seconds', ParseIntPipe) seconds: number) {
    session.set('a', 1);
    session.setExpiry(seconds);
  }

  @Post('fail')
  fail(@Session() session: Session) {
    session.set('a', 'not to be kept');
    throw new Error('as asked');
  }

  @Post('overflow-unnoticed')
  overflowUnnoticed(@Session() session: Session) {
    session.set('a', noise(9000));
    void session.save();
  }

  @Get('untouched')
  untouched() {
    return 'untouched';
  }
}

/** Text that no compression makes shorter by much. */
const noise = (length: number): string =>
  Array.from({ length }, (_, n) =>
    Math.abs(Math.sin(n + 1))
      .toString(36)
      .at(-3),
  ).join('');

/** With another letter in the middle. */
const altered = (value: string): string => value.slice(0, 30) + (value[30] === 'A' ? 'B' : 'A') + value.slice(31);

const engines: { engine: EngineName; create: (clock?: TestClock, secret?: string) => CookieSessionEngine }[] = [
  { engine: 'signed_cookies', create: (clock, secret = SECRET) => new SignedCookieEngine({ secret, clock }) },
  {
    engine: 'encrypted_cookies',
    create: (clock, secret = SECRET) => new EncryptedCookieEngine({ secret, clock, cookieName: 'sessionid' }),
  },
];

const DELETION = /^sessionid=(""|); expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=\/; SameSite=Lax$/;

describe.each(platforms.flatMap((platform) => engines.map((kind) => ({ platform, ...kind, adapter: platform.name }))))(
  'the engine $engine on $adapter',
  ({ platform, engine, create }) => {
    let app: INestApplication;
    const errors: string[] = [];

    const start = (options: Partial<SessionModuleOptions> = {}): Promise<INestApplication> =>
      startApplication(platform, { controllers: [SessionController] }, { engine, ...options }, (application) =>
        application.useLogger({
          log: () => {},
          warn: () => {},
          error: (error: unknown) => void errors.push(String(error)),
        }),
      );

    beforeAll(async () => {
      app = await start();
    });
    afterAll(() => app.close());
    beforeEach(() => void errors.splice(0));

    const http = (application = app) => request(application.getHttpServer());
    const store = async (key: string, value: unknown, cookie: string[] = []): Promise<string> => {
      const response = await http().put(`/values/${key}`).set('Cookie', cookie.join('; ')).send({ value }).expect(200);
      return cookieOf(response)!;
    };
    const sealed = (text: string, secondsAgo = 0, secret?: string): string =>
      `sessionid=${create(new TestClock(Date.now() - secondsAgo * 1000), secret).seal(text)}`;

    it('keeps values between requests, and sends a cookie only when they change', async () => {
      const first = await http()
        .put('/values/cart')
        .send({ value: ['æ', { n: 1 }] })
        .expect(200);
      expect(setCookies(first)).toEqual([
        expect.stringMatching(/^sessionid=[\w.:-]+; expires=[^;]+; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax$/),
      ]);
      const cookie = cookieOf(first)!;
      const read = await http()
        .get('/values/cart')
        .set('Cookie', cookie)
        .expect(200, { value: ['æ', { n: 1 }] });
      expect(setCookies(read)).toEqual([]);
      expect(read.headers.vary).toContain('Cookie');
      const next = await store('b', 2, [cookie]);
      await http()
        .get('/values/cart')
        .set('Cookie', next)
        .expect({ value: ['æ', { n: 1 }] });
      await http().get('/values/b').set('Cookie', next).expect({ value: 2 });
    });

    it('leaves a response alone that does not touch the session', async () => {
      for (const cookie of [await store('a', 1), 'sessionid=forged']) {
        const response = await http().get('/untouched').set('Cookie', cookie).expect(200);
        expect(setCookies(response)).toEqual([]);
        expect(response.headers.vary).toBeUndefined();
      }
    });

    it.each(['logout', 'logout-unawaited'])('deletes the cookie at a %s', async (path) => {
      const response = await http()
        .post(`/${path}`)
        .set('Cookie', await store('a', 1))
        .expect(201);
      expect(setCookies(response)).toEqual([expect.stringMatching(DELETION)]);
    });

    it.each(['login', 'login-unawaited'])('makes a new cookie of the same data at a %s', async (path) => {
      const old = sealed('{"a":1}', 5);
      const response = await http().post(`/${path}`).set('Cookie', old).expect(201);
      const cookie = cookieOf(response)!;
      expect(cookie).not.toBe(old);
      await http().get('/values/a').set('Cookie', cookie).expect({ value: 1 });
      await http().get('/values/user').set('Cookie', cookie).expect({ value: 'ann' });
    });

    it.each([
      ['seconds of its own', 300, '{"a":1,"_session_expiry":300}', 300],
      ['the length of the browser', 0, '{"a":1,"_session_expiry":0}', 1209600],
    ])('ends after %s, for the browser and on the server', async (_name, seconds, text, age) => {
      const [sent] = setCookies(await http().post(`/expiry/${seconds}`).expect(201));
      if (seconds) expect(sent).toContain(`; Max-Age=${seconds};`);
      else expect(sent).not.toMatch(/Max-Age|expires/);
      await http()
        .get('/values/a')
        .set('Cookie', sealed(text, age - 30))
        .expect({ value: 1 });
      const late = await http()
        .get('/values/a')
        .set('Cookie', sealed(text, age + 1))
        .expect({ value: null });
      expect(setCookies(late)).toEqual([expect.stringMatching(DELETION)]);
      expect(errors).toEqual([]);
    });

    it('ends at an instant of its own', async () => {
      const text = (from: number): string =>
        `{"a":1,"_session_expiry":"${new Date(Date.now() + from * 1000).toISOString()}"}`;
      await http()
        .get('/values/a')
        .set('Cookie', sealed(text(60)))
        .expect({ value: 1 });
      await http()
        .get('/values/a')
        .set('Cookie', sealed(text(-1)))
        .expect({ value: null });
    });

    it('answers 500 to a session that does not fit, says why in the log, and sends no cookie', async () => {
      const cookie = await store('a', 'kept');
      for (const response of [
        await http()
          .put('/values/big')
          .set('Cookie', cookie)
          .send({ value: noise(9000) }),
        await http().post('/overflow-unnoticed').set('Cookie', cookie),
      ]) {
        expect(response.status).toBe(500);
        expect(response.body).toEqual({ statusCode: 500, message: 'Internal server error' });
        expect(setCookies(response)).toEqual([]);
      }
      expect(errors).toHaveLength(2);
      expect(errors[0]).toMatch(
        /CookieOverflowError: .* take \d+ bytes, .* at most 4096\. .* "big" \(9007 bytes of JSON\)/,
      );
      expect(errors[0]).not.toContain(noise(20));
      await http().get('/values/a').set('Cookie', cookie).expect({ value: 'kept' });
    });

    it('stores nothing when the handler fails', async () => {
      const response = await http()
        .post('/fail')
        .set('Cookie', await store('a', 1))
        .expect(500);
      expect(setCookies(response)).toEqual([]);
    });

    it.each([
      ['was altered', () => altered(sealed('{"a":1}'))],
      ['was made with another secret', () => sealed('{"a":1}', 0, 'another secret')],
      ['is the key of a stored session', () => `sessionid=${'a'.repeat(32)}`],
      ['is empty', () => 'sessionid='],
      ['is garbage', () => 'sessionid="{}'],
      [
        'was made by the other engine',
        () =>
          `sessionid=${engines
            .find((kind) => kind.engine !== engine)!
            .create()
            .seal('{"a":1}')}`,
      ],
    ])('deletes a cookie that %s', async (_name, cookie) => {
      const response = await http().get('/values/a').set('Cookie', cookie()).expect(200, { value: null });
      expect(setCookies(response)).toEqual([expect.stringMatching(DELETION)]);
    });

    it('replaces a bad cookie when something is stored', async () => {
      const cookie = await store('a', 1, ['sessionid=forged']);
      await http().get('/values/a').set('Cookie', cookie).expect({ value: 1 });
    });

    it('takes the first good one of several cookies', async () => {
      const [good, other] = [sealed('{"a":"good"}'), sealed('{"a":"other"}')];
      const old = sealed('{"a":"old"}', 1209601);
      await http()
        .get('/values/a')
        .set('Cookie', `sessionid=forged; ${old}; ${good}; ${other}`)
        .expect({ value: 'good' });
    });

    it('reads a cookie of a former secret, and makes it anew when next stored', async () => {
      const rotated = await start({ secret: 'new', secretFallbacks: [SECRET] });
      const cookie = sealed('{"a":1}');
      const read = await http(rotated).get('/values/a').set('Cookie', cookie).expect({ value: 1 });
      expect(setCookies(read)).toEqual([]);
      const written = cookieOf(await http(rotated).put('/values/b').set('Cookie', cookie).send({ value: 2 }))!;
      expect(create(undefined, 'new').unseal(written.slice('sessionid='.length)).text).toBe('{"a":1,"b":2}');
      await rotated.close();
    });

    it('renews the cookie at every request if told to', async () => {
      const renewing = await start({ saveEveryRequest: true, touchAfter: 60 });
      const fresh = await http(renewing).get('/untouched').set('Cookie', sealed('{"a":1}', 5));
      expect(setCookies(fresh)).toEqual([]);
      const cookie = cookieOf(await http(renewing).get('/untouched').set('Cookie', sealed('{"a":1}', 100)))!;
      const { text, sealedAt } = create().unseal(cookie.slice('sessionid='.length));
      expect(text).toBe('{"a":1}');
      expect(Date.now() - sealedAt.getTime()).toBeLessThan(30_000);
      expect(setCookies(await http(renewing).get('/untouched'))).toEqual([]);
      await renewing.close();
    });

    it('makes and finds sessions outside a request, and says that it cannot end them', async () => {
      const sessions = app.get(SessionService);
      const { key } = await sessions.create({ a: 1 });
      await http().get('/values/a').set('Cookie', `sessionid=${key}`).expect({ value: 1 });
      expect((await sessions.find(key!))!.get('a')).toBe(1);
      expect((await sessions.fromCookieHeader(`sessionid=${key}`)).get('a')).toBe(1);
      await expect(sessions.delete(key!)).rejects.toThrow(UnsupportedByEngineError);
      expect(await sessions.clearExpired()).toBe(0);
    });

    it('has no store to inject', () => {
      expect(app.get(SessionEngine)).toBeUndefined();
    });
  },
);
