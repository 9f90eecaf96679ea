import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { SessionEngine, SessionService } from 'nest-sessions';
import { createSession, MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { AppModule } from '../login/app.module.js';
import { UsersService } from '../login/users.service.js';

describe('GET /me', () => {
  let app: INestApplication;
  let userId: number;

  beforeAll(async () => {
    const module = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(SessionEngine) // whichever the application has
      .useValue(new MemoryEngine())
      .compile();
    app = module.createNestApplication();
    await app.init();
    ({ id: userId } = await app.get(UsersService).add('ann', 'correct horse'));
  });

  afterAll(() => app.close());

  it('is closed to strangers', async () => {
    await request(app.getHttpServer()).get('/me').expect(401);
  });

  it('is open to who is logged in', async () => {
    const { cookie } = await createSession(app, { userId });
    await request(app.getHttpServer()).get('/me').set('Cookie', cookie).expect(200, { name: 'ann' });
  });

  it('is closed again after a logout, whose session is gone', async () => {
    const { key, cookie } = await createSession(app, { userId });
    await request(app.getHttpServer()).post('/logout').set('Cookie', cookie).expect(204);
    expect(await app.get(SessionService).find(key)).toBeUndefined();
    await request(app.getHttpServer()).get('/me').set('Cookie', cookie).expect(401);
  });

  it('takes a whole login, with an agent that keeps cookies as a browser does', async () => {
    const browser = request.agent(app.getHttpServer());
    await browser.post('/login').send({ name: 'ann', password: 'correct horse' }).expect(200);
    await browser.get('/me').expect(200, { name: 'ann' });
  });

  it('is closed when the session has expired', async () => {
    const { cookie } = await createSession(app, { userId });
    const { now } = Date;
    Date.now = () => now() + 8 * 24 * 60 * 60 * 1000; // the time that the library goes by
    try {
      await request(app.getHttpServer()).get('/me').set('Cookie', cookie).expect(401);
    } finally {
      Date.now = now;
    }
  });
});
