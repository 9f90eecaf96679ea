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
import { Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { hashSessionKey } from '../../src/session/session-key.js';
import { cookieOf, platforms, SECRET, setCookies, startApplication } from '../support/applications.js';
import { StagedEngine } from '../support/staged-engine.js';

const PRIVATE = 'what nobody else may read';
const ALWAYS = { times: 1000 };

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
  const rejections: unknown[] = [];
  const noteRejection = (reason: unknown): number => rejections.push(reason);

  const send = (method: 'get' | 'put' | 'post', path: string, sent: string | undefined = cookie): request.Test => {
    const test = request(app.getHttpServer())[method](path);
    return sent === undefined ? test : test.set('Cookie', sent);
  };
  const data = async (sent = cookie): Promise<unknown> => (await send('get', '/data', sent).expect(200)).body;

  /** The answer to a request during which the store failed: nothing of it may look like a success. */
  const refused = async (test: request.Test): Promise<void> => {
    const response = await test;
    expect(response.status).toBe(503);
    expect(setCookies(response)).toEqual([]);
    expect(response.body).toMatchObject({ statusCode: 503, message: expect.stringContaining('not available') });
    expect(response.text).not.toMatch(/refused|EDOWN/);
    expectNoSecret(response.text);
  };

  const expectNoSecret = (text: string): void => {
    const key = cookie.slice('sessionid='.length);
    for (const secret of [key, hashSessionKey(key), PRIVATE, SECRET, ...encodedData]) expect(text).not.toContain(secret);
  };
  let encodedData: string[] = [];

  beforeAll(async () => {
    store = new MemoryEngine();
    engine = new StagedEngine(store);
    logs = new LogKeeper();
    const metadata = { controllers: [StoreController], providers: [LoadingGuard] };
    app = await startApplication(platform, metadata, { engine }, (one) => one.useLogger(logs));
    process.on('unhandledRejection', noteRejection);
  });
  afterAll(async () => {
    process.off('unhandledRejection', noteRejection);
    await app.close();
  });

  beforeEach(async () => {
    cookie = cookieOf(await send('put', '/set/private', ''))!;
    logs.lines.length = 0;
    handled = 0;
  });
  afterEach(async () => {
    const row = await store.load(hashSessionKey(cookie.slice('sessionid='.length)));
    encodedData = row ? [row.data] : [];
    for (const line of logs.lines) expectNoSecret(line);
    expect(rejections).toEqual([]);
  });

  it.each(['/data', '/guarded'])('at the load is a 503 and not an empty session: GET %s', async (path) => {
    engine.fail('load', driverError);
    await refused(send('get', path));
    expect(handled).toBe(0);
    expect(logs.lines.join()).toContain('The session store failed to load session');
    await send('get', path).expect(200);
  });
});
