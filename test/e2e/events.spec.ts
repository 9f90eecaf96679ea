import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Session, type SessionEvent, SessionService } from 'nest-sessions';
import request from 'supertest';
import { sessionFingerprint } from '../../src/session/session-key.js';
import { cookieOf, platforms, startApplication } from '../support/applications.js';
import { engines, type OpenEngine } from '../support/engines.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const COOKIE_AGE = 1000;
const UNKNOWN = `sessionid=${'u'.repeat(32)}`;

@Controller()
class EventController {
  @Post('visit')
  visit(@Session() session: Session) {
    session.set('visited', true);
  }

  @Post('login')
  async login(@Session() session: Session) {
    session.set('userId', 7);
    await session.cycleKey();
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Get('read')
  read(@Session() session: Session) {
    return { visited: session.get('visited', false) };
  }
}

for (const engine of engines) {
  await describeWith(engine.service, `the events of sessions with the engine ${engine.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      let clock: TestClock;
      let store: OpenEngine;
      let app: INestApplication;
      let logger: RecordingLogger;
      let events: SessionEvent[];

      beforeAll(async () => {
        clock = new TestClock();
        store = await engine.open();
        app = await startApplication(
          platform,
          { controllers: [EventController] },
          { ...store.options, userKey: 'userId', cookieAge: COOKIE_AGE, pruneInterval: false },
          undefined,
          clock,
        );
        const heard = app.get(SessionService).events;
        heard.subscribe(() => {
          throw new Error('Harms nobody.');
        });
        heard.subscribe((event) => events.push(event));
        heard.subscribe(() => Promise.reject(new Error('Neither does this.')));
      });
      afterAll(async () => {
        await app.close();
        await store.close();
      });
      beforeEach(() => {
        events = [];
        logger = new RecordingLogger();
        app.useLogger(logger);
      });

      const send = (method: 'get' | 'post', path: string, cookie = ''): request.Test =>
        request(app.getHttpServer())[method](path).set('Cookie', cookie).set('User-Agent', 'Test');
      const visitor = async (): Promise<string> => cookieOf(await send('post', '/visit').expect(201))!;
      const nameOf = (cookie: string): string => sessionFingerprint(cookie.slice('sessionid='.length));
      /** What was told since the last time, each with its one line in the log. */
      const told = (level: 'debugs' | 'warnings' = 'debugs'): object[] => {
        expect(logger[level].splice(0)).toHaveLength(events.length);
        expect([...logger.debugs, ...logger.warnings]).toEqual([]);
        for (const line of logger.takeErrors()) expect(line).toMatch(/Harms nobody|Neither does this/);
        return events.splice(0).map(({ at, ipAddress, userAgent, ...event }) => {
          expect(at.getTime()).toBe(clock.now());
          expect([String(ipAddress).replace('::ffff:', ''), userAgent]).toEqual(['127.0.0.1', 'Test']);
          return JSON.parse(JSON.stringify(event)) as object;
        });
      };

      it('tell of a visit, a login and a logout', async () => {
        const first = await visitor();
        expect(told()).toEqual([{ type: 'created', session: nameOf(first) }]);
        const login = cookieOf(await send('post', '/login', first).expect(201))!;
        expect(told()).toEqual([{ type: 'rotated', session: nameOf(login), previous: nameOf(first), user: '7' }]);
        await send('get', '/read', login).expect(200, { visited: true });
        expect(told()).toEqual([]);
        await send('post', '/logout', login).expect(201);
        expect(told()).toEqual([{ type: 'deleted', session: nameOf(login), user: '7' }]);
      });

      it('tell of an expired session that is presented what is known of it', async () => {
        const cookie = await visitor();
        const login = cookieOf(await send('post', '/login', cookie).expect(201))!;
        told();
        clock.advance(COOKIE_AGE);
        await send('get', '/read', login).expect(200, { visited: false });
        const session = nameOf(login);
        expect(told()).toEqual([
          engine.keepsOnServer
            ? { type: 'rejected', session, reason: 'unknown' }
            : { type: 'expired', session, user: '7' },
        ]);
      });

      it('tell at the level of trouble of a cookie or data that was altered', async () => {
        const cookie = await visitor();
        told();
        if (engine.keepsOnServer) {
          await send('get', '/read', UNKNOWN).expect(200, { visited: false });
          expect(told()).toEqual([{ type: 'rejected', session: nameOf(UNKNOWN), reason: 'unknown' }]);
        } else {
          const altered = cookie.slice(0, -3) + (cookie.endsWith('AAA') ? 'BBB' : 'AAA');
          await send('get', '/read', altered).expect(200, { visited: false });
          expect(told('warnings')).toEqual([
            { type: 'rejected', session: nameOf(altered), reason: 'corrupted', detail: expect.any(String) },
          ]);
        }
      });

      it('say nothing of requests that do not use the session', async () => {
        await send('get', '/nowhere', UNKNOWN).expect(404);
        expect(told()).toEqual([]);
      });
    });
  });
}
