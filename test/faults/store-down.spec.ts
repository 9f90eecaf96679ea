import { inspect } from 'node:util';
import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  type INestApplication,
  type LoggerService,
  Param,
  Post,
  Put,
  UseGuards,
} from '@nestjs/common';
import { Session, type SessionModuleOptions, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { hashSessionKey } from '../../src/session/session-key.js';
import { cookieOf, platforms, SECRET, setCookies, startApplication } from '../support/applications.js';
import { StagedEngine } from '../support/staged-engine.js';

const PRIVATE = 'what nobody else may read';

@Injectable()
class LoadingGuard implements CanActivate {
  constructor(private readonly sessions: SessionService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    return (await this.sessions.of(context)).has('private');
  }
}

let handled = 0;

@Controller()
class StoreController {
  @Get('data')
  data(@Session() session: Session) {
    handled++;
    return session;
  }

  @Get('guarded')
  @UseGuards(LoadingGuard)
  guarded() {
    handled++;
  }

  @Get('free')
  free() {
    return 'no session';
  }

  @Put('set/:key')
  set(@Session() session: Session, @Param('key') key: string) {
    session.set(key, PRIVATE);
  }

  @Post('login')
  async login(@Session() session: Session) {
    await session.cycleKey();
    session.set('user', 'Ada');
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Post('logout-not-awaited')
  logoutNotAwaited(@Session() session: Session) {
    void session.flush();
  }

  @Post('login-not-awaited')
  loginNotAwaited(@Session() session: Session) {
    void session.cycleKey();
  }
}

/** Keeps all that is logged, with everything inside it. */
class LogKeeper implements LoggerService {
  readonly lines: string[] = [];
  readonly log = (...parameters: unknown[]): void => void this.lines.push(inspect(parameters, { depth: Infinity }));
  readonly warn = this.log;
  readonly error = this.log;
  readonly fatal = this.log;
}

/** As drivers make them, with all that they were given. */
function driverError(...parameters: unknown[]): Error {
  return Object.assign(new Error(`The store refused ${JSON.stringify(parameters)}`), { code: 'EDOWN', parameters });
}

describe.each(platforms)('A store that fails, under $name', (platform) => {
  let app: INestApplication;
  let store: MemoryEngine;
  let engine: StagedEngine;
  let logs: LogKeeper;
  let cookie: string;

  const start = async (options: Partial<SessionModuleOptions> = {}): Promise<void> => {
    store = new MemoryEngine();
    engine = new StagedEngine(store);
    logs = new LogKeeper();
    const metadata = { controllers: [StoreController], providers: [LoadingGuard] };
    app = await startApplication(platform, metadata, { engine, ...options }, (one) => one.useLogger(logs));
    cookie = cookieOf(await send('put', '/set/private', ''))!;
    logs.lines.length = 0;
    handled = 0;
  };
  beforeEach(() => start());

  const send = (method: 'get' | 'put' | 'post', path: string, sent = cookie): request.Test => {
    const test = request(app.getHttpServer())[method](path);
    return sent === '' ? test : test.set('Cookie', sent);
  };
  const expectStored = async (data: object): Promise<void> => {
    expect((await send('get', '/data').expect(200)).body).toEqual(data);
  };

  const expectNoSecret = (text: string): void => {
    const key = cookie.slice('sessionid='.length);
    const stored = engine.calls.flatMap(({ args }) =>
      args.map((argument) => (argument as { data?: string } | undefined)?.data ?? ''),
    );
    const secrets = new Set([key, hashSessionKey(key), PRIVATE, SECRET, ...stored]);
    secrets.delete('');
    for (const secret of secrets) expect(text).not.toContain(secret);
  };

  /** Expects an answer that nobody can take for a success. */
  const expectRefusal = async (test: request.Test): Promise<void> => {
    const response = await test;
    expect(response.status).toBe(503);
    expect(response.body).toEqual({
      statusCode: 503,
      error: 'Service Unavailable',
      message: expect.stringContaining('not available'),
    });
    expect(setCookies(response)).toEqual([]);
    expect(response.text).not.toMatch(/refused|EDOWN/);
    expectNoSecret(response.text);
  };

  afterEach(async () => {
    expect(logs.lines.join()).toContain('The session store failed to');
    logs.lines.forEach(expectNoSecret);
    await app.close();
  });

  it.each(['/data', '/guarded'])('at the load answers 503, and not as to a stranger: GET %s', async (path) => {
    engine.fail('load', driverError);
    await expectRefusal(send('get', path));
    expect(handled).toBe(0);
    await send('get', path).expect(200);
    await expectStored({ private: PRIVATE });
  });

  it('does not fail a request that leaves the session alone', async () => {
    engine.fail('load', driverError);
    await send('get', '/free').expect(200);
    await expectRefusal(send('get', '/data'));
  });

  it('at the first save answers 503 without a cookie, and leaves nothing behind', async () => {
    const { size } = store;
    engine.fail('create', driverError);
    await expectRefusal(send('put', '/set/private', ''));
    expect(store.size).toBe(size);
    expect(cookieOf(await send('put', '/set/private', ''))).toBeDefined();
  });

  it('at a save answers 503 and keeps what was stored before', async () => {
    engine.fail('replace', driverError);
    await expectRefusal(send('put', '/set/more'));
    await expectStored({ private: PRIVATE });
    await send('put', '/set/more').expect(200);
    await expectStored({ private: PRIVATE, more: PRIVATE });
  });

  it('after a save, so that its answer is lost, answers 503 and loses nothing', async () => {
    engine.fail('replace', driverError, { when: 'after' });
    await expectRefusal(send('put', '/set/more'));
    await send('put', '/set/other').expect(200);
    await expectStored({ private: PRIVATE, more: PRIVATE, other: PRIVATE });
  });

  it('at the deletion answers 503, keeps the cookie, and the session works on', async () => {
    engine.fail('delete', driverError);
    await expectRefusal(send('post', '/logout'));
    await expectStored({ private: PRIVATE });
    const logout = await send('post', '/logout').expect(201);
    expect(setCookies(logout)).toEqual([expect.stringContaining('Max-Age=0')]);
    await expectStored({});
  });

  it.each(['create', 'replace'] as const)(
    'at the change of the key answers 503 and keeps the old one: %s',
    async (method) => {
      engine.fail(method, driverError);
      await expectRefusal(send('post', '/login'));
      await expectStored({ private: PRIVATE });
      expect(store.size).toBe(1);
    },
  );

  it.each([
    ['/logout-not-awaited', 'delete'],
    ['/login-not-awaited', 'create'],
    ['/login-not-awaited', 'replace'],
  ] as const)(
    'at what is not awaited answers 503 when it fails again before the answer: POST %s, %s',
    async (...at) => {
      const [path, method] = at;
      engine.fail(method, driverError, { times: 2 });
      await expectRefusal(send('post', path));
      await expectStored({ private: PRIVATE });
      expect(store.size).toBe(1);
    },
  );

  it('at what is not awaited, but not a second time, is made good before the answer', async () => {
    engine.fail('delete', driverError);
    const logout = await send('post', '/logout-not-awaited').expect(201);
    expect(setCookies(logout)).toEqual([expect.stringContaining('Max-Age=0')]);
    await expectStored({});
    expect(store.size).toBe(0);
  });

  it('after the change of the key, when only the old one is to be removed, costs the login nothing', async () => {
    engine.fail('delete', driverError);
    const login = await send('post', '/login').expect(201);
    await expectStored({});
    cookie = cookieOf(login)!;
    await expectStored({ private: PRIVATE, user: 'Ada' });
  });

  it('at the renewal of saveEveryRequest answers 503, also where the session is not used', async () => {
    await app.close();
    await start({ saveEveryRequest: true });
    engine.fail('touch', driverError, { times: 2 });
    await expectRefusal(send('get', '/data'));
    await expectRefusal(send('get', '/free'));
    expect(setCookies(await send('get', '/free').expect(200))).toHaveLength(1);
  });
});
