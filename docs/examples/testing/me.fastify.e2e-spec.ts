import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { createSession } from 'nest-sessions/testing';
import { AppModule } from '../login/app.module.js';
import { UsersService } from '../login/users.service.js';

it('GET /me is open to who is logged in', async () => {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  await app.init();
  const { id } = await app.get(UsersService).add('ann', 'correct horse');

  const { cookie } = await createSession(app, { userId: id });
  const response = await app.inject({ url: '/me', headers: { cookie } });
  expect(response.json()).toEqual({ name: 'ann' });

  await app.close();
});
