import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import {
  CookieOverflowError,
  Cookies,
  InvalidCookieError,
  Session,
  type SessionEvent,
  type SessionModuleOptions,
  SessionOptionsError,
  SessionService,
} from 'nest-sessions';
import request from 'supertest';
import { cookieOf, type Platform, platforms, setCookies, startApplication } from '../support/applications.js';

const NAME = '__Host-id';
const CAREFUL: Partial<SessionModuleOptions> = { engine: 'cache', cookieName: NAME, cookieSecure: true };

/** What the handler does that is asked next. */
let act: (session: Session, cookies: Cookies) => unknown;

@Controller()
class CookieController {
  @Post()
  act(@Session() session: Session, @Cookies() cookies: Cookies) {
    return act(session, cookies);
  }

  @Get()
  whole(@Session() session: Session) {
    return session;
  }
}

const start = (platform: Platform, options: Partial<SessionModuleOptions>): Promise<INestApplication> =>
  startApplication(platform, { controllers: [CookieController] }, options);

/** The attributes of the session cookie, once as it is set and once as it is deleted. */
async function attributesUnder(platform: Platform, options: Partial<SessionModuleOptions>): Promise<string[][]> {
  const app = await start(platform, { ...CAREFUL, ...options });
  const post = (cookie = '') => request(app.getHttpServer()).post('/').set('Cookie', cookie).expect(201);
  act = (session) => session.set('a', 1);
  const set = await post();
  act = (session) => session.flush();
  const deleted = await post(cookieOf(set, options.cookieName ?? NAME));
  await app.close();
  return [set, deleted].map((response) => setCookies(response)[0]!.split('; ').slice(1));
}

const refused = (options: Partial<SessionModuleOptions>): Promise<void> =>
  expect(start(platforms[0]!, { ...CAREFUL, ...options })).rejects.toThrow(SessionOptionsError);

describe.each(platforms)('cookie setup by OWASP ASVS 5.0 on $name', (platform) => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await start(platform, CAREFUL);
  });
  afterAll(() => app.close());

  /** What the jar does with a cookie of the application: the text that is sent, or the error. */
  async function inJar(use: (cookies: Cookies) => void): Promise<unknown> {
    let failure: unknown;
    act = (_, cookies) => {
      try {
        use(cookies);
      } catch (error) {
        failure = error;
      }
    };
    const response = await request(app.getHttpServer()).post('/').expect(201);
    expect(setCookies(response)).toHaveLength(failure ? 0 : 1);
    return failure ?? setCookies(response)[0];
  }

  it('V3.3.1 the session cookie is Secure under cookieSecure: true, set or deleted, and a prefix without Secure is refused', async () => {
    for (const attributes of await attributesUnder(platform, {})) expect(attributes).toContain('Secure');
    for (const attributes of await attributesUnder(platform, {
      cookieName: '__Secure-id',
      cookieDomain: 'example.org',
    })) {
      expect(attributes).toContain('Secure');
    }
    for (const cookieName of ['__Host-id', '__Secure-id', '__HOST-id']) {
      for (const cookieSecure of [false, 'auto'] as const) await refused({ cookieName, cookieSecure });
      expect(await inJar((cookies) => cookies.set(cookieName, '1'))).toBeInstanceOf(InvalidCookieError);
    }
  });

  it('V3.3.2 the session cookie is SameSite=Lax unless the options say otherwise, and None without Secure is refused', async () => {
    for (const attributes of await attributesUnder(platform, {})) expect(attributes).toContain('SameSite=Lax');
    for (const attributes of await attributesUnder(platform, { cookieSameSite: 'strict' })) {
      expect(attributes).toContain('SameSite=Strict');
    }
    await refused({ cookieName: 'id', cookieSameSite: 'none', cookieSecure: 'auto' });
    expect(await inJar((cookies) => cookies.set('a', '1', { sameSite: 'none' }))).toBeInstanceOf(InvalidCookieError);
    expect(await inJar((cookies) => cookies.set('a', '1', { sameSite: 'strict' }))).toMatch(/; SameSite=Strict$/);
  });

  it('V3.3.3 a __Host- cookie goes to its host only: Path=/ and no Domain, and anything else is refused', async () => {
    for (const attributes of await attributesUnder(platform, {})) {
      expect(attributes).toContain('Path=/');
      expect(attributes.filter((attribute) => attribute.startsWith('Domain'))).toEqual([]);
    }
    await refused({ cookieDomain: 'example.org' });
    await refused({ cookiePath: '/app' });
    const set = (options: object) => inJar((cookies) => cookies.set('__Host-a', '1', { secure: true, ...options }));
    expect(await set({ domain: 'example.org' })).toBeInstanceOf(InvalidCookieError);
    expect(await set({ path: '/app' })).toBeInstanceOf(InvalidCookieError);
    expect(await set({})).toBe('__Host-a=1; Path=/; Secure');
  });

  it('V3.3.4 the session cookie is HttpOnly, and the token leaves the server in Set-Cookie alone', async () => {
    for (const attributes of await attributesUnder(platform, {})) expect(attributes).toContain('HttpOnly');
    const events: SessionEvent[] = [];
    const subscription = app.get(SessionService).events.subscribe((event) => events.push(event));
    act = async (session) => {
      session.set('a', 1);
      await session.cycleKey();
      return session;
    };
    const responses = [await request(app.getHttpServer()).post('/').expect(201, { a: 1 })];
    const cookie = cookieOf(responses[0]!, NAME)!;
    const token = cookie.slice(NAME.length + 1);
    responses.push(await request(app.getHttpServer()).get('/').set('Cookie', cookie).expect(200, { a: 1 }));
    act = async (session) => {
      await app.get(SessionService).delete(token);
      session.set('a', 2);
    };
    responses.push(await request(app.getHttpServer()).post('/').set('Cookie', cookie).expect(400));
    subscription.unsubscribe();

    for (const { headers, text } of responses) {
      const { 'set-cookie': _, ...others } = headers;
      expect(JSON.stringify([others, text])).not.toContain(token);
    }
    expect(events.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(events)).not.toContain(token);
  });

  it('V3.3.5 a cookie of more than 4096 bytes is refused before anything is sent, the session of a cookie engine too', async () => {
    expect(await inJar((cookies) => cookies.set('a', 'x'.repeat(4095)))).toMatch(/^a=x{4095};/);
    expect(await inJar((cookies) => cookies.set('a', 'x'.repeat(4096)))).toBeInstanceOf(CookieOverflowError);
    expect(await inJar((cookies) => cookies.set('a', 'é'.repeat(700)))).toBeInstanceOf(CookieOverflowError);
    for (const engine of ['signed_cookies', 'encrypted_cookies'] as const) {
      const large = await start(platform, { ...CAREFUL, engine });
      // Too random to be compressed.
      act = (session) =>
        session.set(
          'a',
          Array.from({ length: 400 }, () => Math.random()),
        );
      const response = await request(large.getHttpServer()).post('/').expect(500);
      expect(setCookies(response)).toEqual([]);
      await large.close();
    }
  });
});
