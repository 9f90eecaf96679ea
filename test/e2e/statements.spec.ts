import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Session, SessionService } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import request from 'supertest';
import { platforms, startApplication } from '../support/applications.js';
import { databases, StatementLog } from '../support/databases.js';
import { describeWith } from '../support/services.js';

@Controller()
class WorkController {
  @Get('untouched')
  untouched() {}

  @Get('read')
  read(@Session() session: Session) {
    return { a: session.get('a') };
  }

  @Post('write')
  write(@Session() session: Session) {
    session.compute('a', (a = 0) => a + 1);
  }

  @Post('set-the-same')
  twice(@Session() session: Session, @Session('a') a: number) {
    session.set('a', a);
    session.set('b', 1);
  }

  @Post('logout')
  async logout(@Session() session: Session) {
    await session.flush();
  }
}

for (const database of databases) {
  await describeWith(database.service, `statements for one request on ${database.name}`, () => {
    describe.each(platforms)('$name', (platform) => {
      const log = new StatementLog();
      let app: INestApplication;
      let close: () => Promise<void>;
      let cookie: string;

      beforeAll(async () => {
        const dataSource = await database.open([SessionEntity], { logger: log });
        app = await startApplication(platform, { controllers: [WorkController] }, { engine: 'db', dataSource });
        cookie = `sessionid=${(await app.get(SessionService).create({ a: 1 })).key}`;
        close = async () => {
          await app.close();
          await dataSource.destroy();
        };
      });
      afterAll(() => close());

      it.each<['get' | 'post', string, boolean, string[]]>([
        ['get', '/untouched', true, []],
        ['get', '/read', true, ['SELECT']],
        ['get', '/read', false, []],
        ['post', '/write', true, ['SELECT', 'UPDATE']],
        ['post', '/write', false, ['INSERT']],
        ['post', '/set-the-same', true, ['SELECT', 'UPDATE']],
        ['post', '/logout', true, ['SELECT', 'DELETE']],
      ])('%s %s with a cookie: %s runs %j', async (method, path, withCookie, statements) => {
        log.take();
        await request(app.getHttpServer())
          [method](path)
          .set('Cookie', withCookie ? cookie : 'other=1');
        expect(log.take().map(({ sql }) => sql.split(' ', 1)[0])).toEqual(statements);
      });
    });
  });
}
