import {
  Controller,
  Get,
  type INestApplication,
  InternalServerErrorException,
  Post,
  Req,
  Session as NestSession,
} from '@nestjs/common';
import {
  Cookies,
  type FormerContent,
  Session,
  type SessionImporter,
  type SessionModuleOptions,
  SessionOptionsError,
  SessionService,
} from 'nest-sessions';
import { platforms, startApplication } from '../support/applications.js';
import { Browser } from '../support/browser.js';
import { RecordingLogger } from '../support/recording-logger.js';

/** A library of one's own, whose cookie names a session of its store, and its importer. */
class OldLibrary implements SessionImporter {
  readonly cookieNames = ['old'];
  readonly store = new Map<string, FormerContent>();
  /** In how many seconds sessions were to end. */
  readonly ends: (number | undefined)[] = [];
  asked = 0;

  constructor(private readonly path = '/') {}

  claims(cookies: ReadonlyMap<string, readonly string[]>): ReturnType<SessionImporter['claims']> {
    this.asked++;
    return (cookies.get('old') ?? []).map((id) => ({
      source: 'an old library',
      id,
      cookies: [{ name: 'old', options: { path: this.path } }],
      load: async () => this.store.get(id),
      end: async (seconds?: number) => {
        this.ends.push(seconds);
        if (seconds === undefined) this.store.delete(id);
      },
    }));
  }
}

@Controller()
class VisitController {
  constructor(private readonly sessions: SessionService) {}

  @Get('me')
  me(@Session() session: Session) {
    return session.toJSON();
  }

  @Get('compat')
  compat(
    @NestSession() session: Record<string, unknown> & { id: string },
    @Req() { sessionID }: { sessionID: string },
  ) {
    return { passport: session.passport, isSame: session.id === sessionID };
  }

  @Get('nothing')
  nothing() {
    return {};
  }

  @Get('failing')
  failing(@Session() session: Session) {
    session.set('lost', true);
    throw new InternalServerErrorException();
  }

  @Get('own-cookie')
  ownCookie(@Session() session: Session, @Cookies() cookies: Cookies) {
    cookies.set('old', 'is new');
    return session.toJSON();
  }

  @Get('handshake')
  async handshake(@Cookies() cookies: Cookies) {
    return (await this.sessions.fromCookieHeader(`old=${cookies.get('old')}`)).toJSON();
  }

  @Post('log-out')
  async logOut(@Session() session: Session) {
    await session.flush();
  }
}

describe.each(platforms)('a request with the cookie of another library on $name', (platform) => {
  const logger = new RecordingLogger();
  let library: OldLibrary;
  let app: INestApplication;
  let url: string;
  let browser: Browser;

  const start = async (options: Partial<SessionModuleOptions> = {}): Promise<void> => {
    library.store.set('ann', { values: { userId: 'ann', passport: { user: 7 } } });
    const metadata = { controllers: [VisitController] };
    app = await startApplication(platform, metadata, { importFrom: library, ...options }, (one) =>
      one.useLogger(logger),
    );
    url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
    browser = new Browser();
    browser.set('old=ann', url);
    logger.takeErrors();
  };
  beforeEach(() => (library = new OldLibrary()));
  afterEach(() => app?.close());

  const USER = { userId: 'ann', passport: { user: 7 } };

  it('asks nothing where the session is not used, nor where there is one of ours', async () => {
    await start();
    expect((await browser.get(`${url}/nothing`)).setCookies).toEqual([]);
    expect(library.asked).toBe(0);
    await browser.get(`${url}/me`);
    expect(library.asked).toBe(1);
    browser.set('old=ann', url);
    expect((await browser.get(`${url}/me`)).body).toEqual(USER);
    expect(library.asked).toBe(1);
  });

  it('tells of it in the events, without any key', async () => {
    await start({ userKey: 'userId' });
    const events: unknown[] = [];
    app.get(SessionService).events.subscribe((event) => events.push(event));
    await browser.get(`${url}/me`);
    expect(events).toEqual([
      expect.objectContaining({
        type: 'imported',
        session: expect.stringMatching(/^[0-9a-f]{8}$/),
        user: 'ann',
        at: expect.any(Date),
      }),
    ]);
  });

  it('has the old cookie dropped under its own path', async () => {
    library = new OldLibrary('/me');
    await start();
    const { setCookies, headers } = await browser.get(`${url}/me`);
    expect(setCookies).toEqual([
      expect.stringMatching(/^sessionid=[a-z0-9]{32}; .*HttpOnly/),
      'old=; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/me',
    ]);
    expect(headers.get('vary')).toContain('Cookie');
  });

  it('keeps shared caches from storing an answer that drops the old cookie', async () => {
    await start();
    const copy = browser.copy();
    await browser.post(`${url}/log-out`);
    const { headers, setCookies } = await copy.get(`${url}/me`);
    expect(setCookies).toEqual([expect.stringMatching(/^old=;/)]);
    expect(headers.get('cache-control')).toBe('private');
  });

  it('leaves a cookie of that name alone that the application sets itself', async () => {
    await start();
    expect((await browser.get(`${url}/own-cookie`)).body).toEqual(USER);
    expect(browser.cookie('old', url)).toBe('is%20new');
  });

  it('keeps its user logged in also when its handler fails', async () => {
    await start();
    expect((await browser.get(`${url}/failing`)).status).toBe(500);
    expect(browser.cookie('old', url)).toBeUndefined();
    expect((await browser.get(`${url}/me`)).body).toEqual(USER);
  });

  it('keeps its user logged in also when its answer gets lost', async () => {
    await start();
    await browser.copy().get(`${url}/me`);
    expect(library.store.size).toBe(0);
    expect((await browser.get(`${url}/me`)).body).toEqual(USER);
    expect(browser.cookies(url)).toMatch(/^sessionid=\w{32}$/);
  });

  it('keeps a length of its own', async () => {
    await start();
    library.store.set('ann', { values: USER, expiry: 3600 });
    expect((await browser.get(`${url}/me`)).setCookies[0]).toContain('Max-Age=3600');
  });

  it('may be a handshake, after which requests go on with the same session', async () => {
    await start();
    expect((await browser.get(`${url}/handshake`)).body).toEqual(USER);
    expect((await browser.get(`${url}/me`)).body).toEqual(USER);
  });

  it.each(['signed_cookies', 'encrypted_cookies'] as const)(
    'may be a handshake with %s, which leaves the old session for a request that can be sent the new one',
    async (engine) => {
      await start({ engine });
      expect((await browser.get(`${url}/handshake`)).body).toEqual(USER);
      expect(library.ends).toEqual([]);
      expect((await browser.get(`${url}/me`)).body).toEqual(USER);
      expect(library.ends).toEqual([60]);
    },
  );

  it.each(['signed_cookies', 'encrypted_cookies'] as const)(
    'logs out at once where it is a logout: %s',
    async (engine) => {
      await start({ engine });
      await browser.post(`${url}/log-out`);
      expect(library.store.size).toBe(0);
      expect(browser.cookies(url)).toBe('');
    },
  );

  it('is refused, and nothing is lost, where the session does not fit into a cookie', async () => {
    await start({ engine: 'encrypted_cookies' });
    const values = { ...USER, history: Array.from({ length: 500 }, (_, index) => `page ${index}`) };
    library.store.set('ann', { values });
    const { status, setCookies } = await browser.get(`${url}/me`);
    expect([status, setCookies]).toEqual([500, []]);
    expect(logger.takeErrors().join()).toMatch(/does not fit into its cookie: .*"history" \(\d+ bytes of JSON\)/);
    expect(library.store.size).toBe(1);
  });

  it('shows its session to code for express-session', async () => {
    await start({ expressCompat: true });
    expect((await browser.get(`${url}/compat`)).body).toEqual({ passport: { user: 7 }, isSame: true });
  });

  it('asks each importer in turn', async () => {
    const other = new OldLibrary();
    other.store.set('bob', { values: { userId: 'bob' } });
    await start({ importFrom: [library, other] });
    browser.set('old=bob', url);
    expect((await browser.get(`${url}/me`)).body).toEqual({ userId: 'bob' });
  });

  it('is not mixed up with those of ours: the cookies must have different names', async () => {
    await expect(start({ cookieName: 'old' })).rejects.toThrow(SessionOptionsError);
    await expect(start({ cookieName: 'old' })).rejects.toThrow('"importFrom" reads');
  });
});
