import { Body, Controller, Get, type INestApplication, Param, Post, Put } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import request from 'supertest';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';
import { Barrier } from '../support/barrier.js';
import { databases } from '../support/databases.js';
import { describeWith } from '../support/services.js';

let gate = new Barrier(0);

@Controller()
class RaceController {
  @Put('session/:key')
  async set(@Session() session: Session, @Param('key') key: string, @Body() body: { value: unknown }) {
    await gate.arrive();
    session.set(key, body.value);
  }

  @Post('counter')
  async count(@Session() session: Session) {
    await gate.arrive();
    return { count: session.compute('count', (count = 0) => count + 1) };
  }

  @Post('login')
  async login(@Session() session: Session) {
    await gate.arrive();
    await session.cycleKey();
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }

  @Get('data')
  data(@Session() session: Session) {
    return session;
  }
}

for (const database of databases) {
  await describeWith(database.service, `overlapping requests of one session on ${database.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      let app: INestApplication;
      let close: () => Promise<void>;
      let sessions: SessionService;
      let key: string;

      beforeAll(async () => {
        const dataSource = await database.open([SessionEntity]);
        app = await startApplication(platform, { controllers: [RaceController] }, { engine: 'db', dataSource });
        sessions = app.get(SessionService);
        close = async () => {
          await app.close();
          await dataSource.destroy();
        };
      });
      afterAll(() => close());
      beforeEach(async () => {
        key = (await sessions.create({ start: true })).key!;
      });

      const send = (method: 'put' | 'post', path: string, body: object = {}): request.Test =>
        request(app.getHttpServer())[method](path).set('Cookie', `sessionid=${key}`).send(body);

      it('100 requests that each set a key and count lose nothing', async () => {
        // The barrier opens when all have loaded the same old session, the worst case.
        gate = new Barrier(100);
        const responses = await Promise.all(
          Array.from({ length: 50 }, (_, index) => [
            send('put', `/session/key${index}`, { value: index }),
            send('post', '/counter'),
          ]).flat(),
        );
        expect(responses.map(({ status }) => status).filter((status) => status >= 300)).toEqual([]);
        const data = (await sessions.find(key))!.toJSON();
        expect(data).toMatchObject({ start: true, count: 50 });
        expect(Object.keys(data).filter((name) => name.startsWith('key'))).toHaveLength(50);
      });

      it('100 at once without waiting for each other lose nothing either', async () => {
        gate = new Barrier(0);
        await Promise.all(
          Array.from({ length: 100 }, async (_, index) => {
            await send('put', `/session/key${index}`, { value: index }).expect(200);
            await send('post', '/counter').expect(201);
          }),
        );
        const data = (await sessions.find(key))!.toJSON();
        expect(data.count).toBe(100);
        expect(Object.keys(data)).toHaveLength(102);
      });

      it('a logged-out session stays logged out while 50 slow requests save', async () => {
        gate = new Barrier(51);
        const late = Array.from({ length: 50 }, (_, index) =>
          send('put', `/session/key${index}`, { value: index }).then(),
        );
        await gate.waiting(50);
        const logout = await send('post', '/logout').expect(201);
        expect(setCookies(logout)[0]).toContain('Max-Age=0');
        await gate.arrive();
        const responses = await Promise.all(late);
        expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([400]));
        expect(responses.flatMap(setCookies)).toEqual([]);
        expect(await sessions.find(key)).toBeUndefined();
      });

      it('a new key at login carries what overlapping requests were told is stored', async () => {
        gate = new Barrier(11);
        const writes = Array.from({ length: 10 }, (_, index) =>
          send('put', `/session/key${index}`, { value: index }).then(),
        );
        const login = await send('post', '/login').expect(201);
        const responses = await Promise.all(writes);
        const told = responses.flatMap(({ status }, index) => (status === 200 ? [`key${index}`] : []));
        const fresh = cookieOf(login)!.slice('sessionid='.length);
        expect(await sessions.find(key)).toBeUndefined();
        expect(Object.keys((await sessions.find(fresh))!.toJSON())).toEqual(expect.arrayContaining(told));
        expect(responses.map(({ status }) => status).filter((status) => status !== 200 && status !== 400)).toEqual([]);
      });
    });
  });
}
