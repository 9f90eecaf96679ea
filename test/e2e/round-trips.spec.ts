import { Controller, Get, type INestApplication, Post } from '@nestjs/common';
import { Session } from 'nest-sessions';
import request from 'supertest';
import { cookieOf, platforms, startApplication } from '../support/applications.js';
import {
  countedCache,
  countedCachedDatabase,
  countedDatabase,
  countedFiles,
  countedStatements,
  type CountedStore,
} from '../support/counted-stores.js';
import { databases } from '../support/databases.js';
import { describeWith, type Service } from '../support/services.js';

@Controller()
class WorkController {
  @Get('untouched')
  untouched() {}

  @Get('read')
  read(@Session() session: Session) {
    return { count: session.get('count') };
  }

  @Post('write')
  write(@Session() session: Session) {
    return { count: session.compute('count', (count = 0) => count + 1) };
  }

  @Post('new')
  create(@Session() session: Session) {
    session.set('count', 0);
  }

  @Post('login')
  async login(@Session() session: Session) {
    session.set('user', 'ann');
    await session.cycleKey();
  }
}

type Work = 'untouched' | 'read' | 'write' | 'new' | 'login';

interface Case {
  readonly name: string;
  readonly service?: Service;
  readonly open: () => Promise<CountedStore>;
  /** How often one request asks the store. */
  readonly asks: Record<Work, number>;
}

/** A login stores the session under its new key, takes the old one out of use, and deletes it. */
const ATOMIC = { untouched: 0, read: 1, write: 2, new: 1, login: 4 };
const [postgres, mariadb, sqlite] = databases;

const cases: Case[] = [
  { name: 'round trips to Redis', service: 'redis', open: () => countedCache('@keyv/redis'), asks: ATOMIC },
  {
    name: 'round trips to Redis by @keyv/valkey',
    service: 'redis',
    open: () => countedCache('@keyv/valkey'),
    asks: ATOMIC,
  },
  { name: 'round trips to PostgreSQL', service: 'postgres', open: () => countedDatabase(postgres!), asks: ATOMIC },
  { name: 'round trips to MariaDB', service: 'mariadb', open: () => countedDatabase(mariadb!), asks: ATOMIC },
  { name: 'statements of SQLite', open: () => countedStatements(sqlite!), asks: ATOMIC },
  {
    name: 'round trips of a cache in front of PostgreSQL',
    service: 'postgres',
    open: () => countedCachedDatabase(postgres!),
    // Each change of a row is one to the database, and one to drop its copy.
    asks: { untouched: 0, read: 1, write: 3, new: 1, login: 6 },
  },
  {
    name: 'calls of the file system',
    open: countedFiles,
    asks: { untouched: 0, read: 4, write: 15, new: 6, login: 28 },
  },
];

for (const { name, service, open, asks } of cases) {
  await describeWith(service, `${name} for one request`, () => {
    describe.each(platforms)('on $name', (platform) => {
      let store: CountedStore;
      let app: INestApplication;

      beforeAll(async () => {
        store = await open();
        app = await startApplication(platform, { controllers: [WorkController] }, store.options);
        // A Redis that does not know a script yet is sent it.
        const cookie = cookieOf(await send('new'));
        for (const work of ['read', 'write', 'login'] as const) await send(work, cookie);
      });
      afterAll(async () => {
        await app.close();
        await store.close();
      });

      it.each(Object.entries(asks) as [Work, number][])('%s takes %i', async (work, count) => {
        const cookie = cookieOf(await send('new'));
        // Makes the copy that a cache serves.
        await send('read', cookie);
        store.take();
        await send(work, work === 'new' ? undefined : cookie);
        expect(store.take()).toBe(count);
      });

      function send(work: Work, cookie = 'other=1'): request.Test {
        const method = work === 'untouched' || work === 'read' ? 'get' : 'post';
        return request(app.getHttpServer())
          [method](`/${work}`)
          .set('Cookie', cookie)
          .expect(method === 'get' ? 200 : 201);
      }
    });
  });
}
