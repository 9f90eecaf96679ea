import { Controller, Get, type INestApplication, Param, Post, Redirect } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';
import { Barrier } from '../support/barrier.js';
import { engines, type OpenEngine } from '../support/engines.js';
import { describeWith } from '../support/services.js';

const READERS = 50;

let gate = new Barrier(0);

@Controller()
class FlashController {
  @Post('leave/:text')
  @Redirect('/read', 303)
  leave(@Session() session: Session, @Param('text') text: string) {
    session.flash('notice', { text });
  }

  @Get('read')
  async read(@Session() session: Session) {
    await gate.arrive();
    return { notice: (await session.flash('notice')) ?? null };
  }

  @Get('read/and-set/:key')
  async readAndSet(@Session() session: Session, @Param('key') key: string) {
    await gate.arrive();
    session.set(key, true);
    session.compute('count', (count = 0) => count + 1);
    return { notice: (await session.flash('notice')) ?? null };
  }

  @Post('login')
  async login(@Session() session: Session) {
    await gate.arrive();
    await session.cycleKey();
    return { notice: (await session.flash('notice')) ?? null };
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
    session.flash('notice', { text: 'Goodbye.' });
  }
}

for (const engine of engines.filter(({ keepsOnServer }) => keepsOnServer)) {
  const count = engine.isAtomic ? 2 : 1;
  await describeWith(engine.service, `a flash message on ${engine.name}, applications: ${count}`, () => {
    describe.each(platforms)('$name', (platform) => {
      let store: OpenEngine;
      let apps: INestApplication[];
      let key: string;
      let cookie: string;

      beforeAll(async () => {
        store = await engine.open();
        const start = () => startApplication(platform, { controllers: [FlashController] }, store.options);
        apps = await Promise.all(Array.from({ length: count }, start));
      });
      afterAll(async () => {
        for (const app of apps) await app.close();
        await store.close();
      });
      beforeEach(async () => {
        gate = new Barrier(0);
        const visitor = await request(apps[0]!.getHttpServer()).post('/leave/Saved.').expect(303);
        cookie = cookieOf(visitor)!;
        key = cookie.slice('sessionid='.length);
      });
      afterEach(() => apps[0]!.get(SessionService).delete(key));

      const send = (method: 'get' | 'post', path: string, index = 0): request.Test =>
        request(apps[index % apps.length]!.getHttpServer())
          [method](path)
          .set('Cookie', cookie);
      const noticesOf = (responses: readonly request.Response[]): unknown[] =>
        responses.map(({ body }) => (body as { notice: unknown }).notice).filter((notice) => notice !== null);

      it('is seen by the request that a redirect leads to, and by no later one', async () => {
        const response = await send('get', '/read').expect(200, { notice: { text: 'Saved.' } });
        expect(cookieOf(response)).toBe(cookie);
        const later = await send('get', '/read', 1).expect(200, { notice: null });
        expect(setCookies(later)).toEqual([]);
        expect(later.headers.vary).toBe('Cookie');
      });

      it(`is seen by exactly one of ${READERS} requests that overlap`, async () => {
        // All have loaded the session with the message in it before the first reads it.
        gate = new Barrier(READERS);
        const responses = await Promise.all(
          Array.from({ length: READERS }, (_, index) => send('get', '/read', index).expect(200)),
        );
        expect(noticesOf(responses)).toEqual([{ text: 'Saved.' }]);
        expect((await apps[0]!.get(SessionService).find(key))!.toJSON()).toEqual({});
      });

      it('is seen by exactly one of those that change the session, too, and none of their changes is lost', async () => {
        gate = new Barrier(20);
        const responses = await Promise.all(
          Array.from({ length: 20 }, (_, index) => send('get', `/read/and-set/key${index}`, index).expect(200)),
        );
        expect(noticesOf(responses)).toEqual([{ text: 'Saved.' }]);
        const data = (await apps[0]!.get(SessionService).find(key))!.toJSON();
        expect(data.count).toBe(20);
        expect(Object.keys(data)).toHaveLength(21);
      });

      it('is seen by exactly one of those that overlap with a login', async () => {
        gate = new Barrier(10);
        const responses = await Promise.all([
          send('post', '/login').expect(201),
          ...Array.from({ length: 9 }, (_, index) => send('get', '/read', index).expect(200)),
        ]);
        expect(noticesOf(responses)).toEqual([{ text: 'Saved.' }]);
        expect(await apps.at(-1)!.get(SessionService).find(key)).toBeUndefined();
        key = cookieOf(responses[0]!)!.slice('sessionid='.length);
      });

      it('is seen by none of those that read after a logout, which brings the session back neither', async () => {
        gate = new Barrier(11);
        const late = Array.from({ length: 10 }, (_, index) => send('get', '/read', index).expect(200).then());
        await gate.waiting(10);
        const goodbye = await send('post', '/logout', 1).expect(201);
        await gate.arrive();
        const responses = await Promise.all(late);
        expect(noticesOf(responses)).toEqual([]);
        expect(await apps[0]!.get(SessionService).find(key)).toBeUndefined();
        cookie = cookieOf(goodbye)!;
        key = cookie.slice('sessionid='.length);
        await send('get', '/read').expect(200, { notice: { text: 'Goodbye.' } });
      });
    });
  });
}
