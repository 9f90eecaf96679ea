import { Body, Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Session, type SessionModuleOptions } from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';
import { engines, type OpenEngine } from '../support/engines.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

@Controller()
class LifetimeController {
  @Post('log-in')
  async logIn(@Session() session: Session) {
    session.set('userId', 1);
    await session.cycleKey();
  }

  @Post('log-out')
  async logOut(@Session() session: Session) {
    await session.flush();
  }

  @Post('count')
  count(@Session() session: Session) {
    return { count: session.compute('count', (count = 0) => count + 1) };
  }

  @Post('clear')
  clear(@Session() session: Session) {
    session.clear();
    session.set('userId', 1);
  }

  @Post('expire')
  expire(@Session() session: Session, @Body() { at }: { at: number }) {
    session.setExpiry(new Date(at));
  }

  @Get('user')
  user(@Session() session: Session) {
    return { user: session.get('userId', null), age: session.getExpiryAge() };
  }

  @Get('untouched')
  untouched() {}
}

const HOUR = 3600;
const DAY = 24 * HOUR;

for (const engine of engines) {
  await describeWith(engine.service, `the lifetime of sessions with the engine ${engine.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      let clock: TestClock;
      let store: OpenEngine;
      let app: INestApplication;
      let cookie: string | undefined;

      async function start(options: Partial<SessionModuleOptions>): Promise<void> {
        app = await startApplication(
          platform,
          { controllers: [LifetimeController] },
          { ...store.options, ...options },
          undefined,
          clock,
        );
      }

      async function send(method: 'get' | 'post', path: string, body?: object) {
        let sent = request(app.getHttpServer())[method](path);
        if (cookie) sent = sent.set('Cookie', cookie);
        const response = await sent.send(body);
        expect(response.status).toBeLessThan(300);
        cookie = cookieOf(response) ?? cookie;
        return response;
      }

      const user = async (): Promise<unknown> => (await send('get', '/user')).body.user;
      const maxAgeIn = (response: { headers: Record<string, unknown> }): number =>
        Number(/Max-Age=(\d+)/.exec(setCookies(response)[0] ?? '')?.[1]);

      beforeEach(async () => {
        clock = new TestClock();
        store = await engine.open();
        cookie = undefined;
      });
      afterEach(async () => {
        await app.close();
        await store.close();
      });

      it('ends a session that was not stored for cookieAge, although its cookie is still sent', async () => {
        await start({ cookieAge: HOUR });
        await send('post', '/log-in');
        clock.advance(HOUR - 1);
        expect(await user()).toBe(1);
        clock.advance(1);
        expect(await user()).toBeNull();
      });

      it('lets a session that is used live on with saveEveryRequest, also by requests that do not touch it', async () => {
        await start({ cookieAge: HOUR, saveEveryRequest: true });
        await send('post', '/log-in');
        for (let hour = 0; hour < 3; hour++) {
          clock.advance(HOUR - 1);
          expect(maxAgeIn(await send('get', '/untouched'))).toBe(HOUR);
        }
        expect(await user()).toBe(1);
        clock.advance(HOUR);
        expect(await user()).toBeNull();
      });

      it('renews no more often than touchAfter says', async () => {
        await start({ cookieAge: HOUR, saveEveryRequest: true, touchAfter: 600 });
        await send('post', '/log-in');
        clock.advance(599);
        expect(setCookies(await send('get', '/untouched'))).toEqual([]);
        clock.advance(1);
        expect(maxAgeIn(await send('get', '/untouched'))).toBe(HOUR);
        clock.advance(HOUR - 1);
        expect(await user()).toBe(1);
      });

      it('ends a session absoluteAge after it began, however much it is used', async () => {
        await start({ cookieAge: DAY, absoluteAge: 3 * DAY, saveEveryRequest: true });
        await send('post', '/count');
        for (let hour = 12; hour < 72; hour += 12) {
          clock.advance(12 * HOUR);
          await send('post', hour === 24 ? '/log-in' : '/count');
          expect(maxAgeIn(await send('get', '/untouched'))).toBe(Math.min(24, 72 - hour) * HOUR);
        }
        clock.advance(12 * HOUR - 1);
        expect(await user()).toBe(1);
        clock.advance(1);
        expect(await user()).toBeNull();
      });

      it.each([
        ['a new key', () => send('post', '/log-in')],
        ['clear()', () => send('post', '/clear')],
        ['setExpiry', () => send('post', '/expire', { at: clock.now() + 9 * DAY * 1000 })],
      ])('is not kept from ending a session at absoluteAge by %s', async (_, extend) => {
        await start({ absoluteAge: DAY });
        await send('post', '/log-in');
        clock.advance(DAY - 10);
        await extend();
        expect((await send('get', '/user')).body).toEqual({ user: 1, age: 10 });
        clock.advance(10);
        expect(await user()).toBeNull();
      });

      it('lets a session that is logged out begin anew', async () => {
        await start({ absoluteAge: DAY });
        await send('post', '/log-in');
        clock.advance(DAY - 10);
        await send('post', '/log-out');
        await send('post', '/log-in');
        clock.advance(DAY - 1);
        expect(await user()).toBe(1);
        clock.advance(1);
        expect(await user()).toBeNull();
      });

      // The others need sessions that outlive their application.
      if (!engine.isLasting) return;

      it('counts absoluteAge for a session without a beginning from when it was last stored', async () => {
        await start({});
        await send('post', '/log-in');
        clock.advance(2 * DAY);
        await send('post', '/count');
        await app.close();
        await start({ absoluteAge: DAY });
        clock.advance(DAY - 10);
        await send('post', '/count');
        // Some engines know that to the second only.
        expect([9, 10]).toContain((await send('get', '/user')).body.age);
        clock.advance(10);
        expect(await user()).toBeNull();
      });

      it('ends at once what is older than an absoluteAge that is set later', async () => {
        await start({ absoluteAge: 10 * DAY });
        await send('post', '/log-in');
        await app.close();
        clock.advance(DAY);
        await start({ absoluteAge: DAY });
        expect(await user()).toBeNull();
      });
    });
  });
}
