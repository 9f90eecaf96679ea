import fastifyCookie from '@fastify/cookie';
import fastifySession, { type FastifySessionOptions } from '@fastify/session';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Assembly, type Assignment, SESSION_AGE } from '../assembly.js';
import { UntouchedController } from '../untouched.controller.js';
import { connectRedis } from './express-session.js';
import { propertySessions } from './property-session.controller.js';

export async function assemble({ store, places }: Assignment): Promise<Assembly> {
  const options: FastifySessionOptions = {
    secret: places.secret,
    saveUninitialized: false,
    // By default every request stores its session anew. Nobody else here does, so neither need this one.
    rolling: false,
    cookie: { maxAge: SESSION_AGE * 1000, secure: false, sameSite: 'lax' },
    ...(store === 'redis' && { store: (await connectRedis(places)) as FastifySessionOptions['store'] }),
  };
  const { controllers, providers } = propertySessions(async ({ session }) => {
    const { regenerate } = session as unknown as { regenerate(keys: string[]): Promise<void> };
    await regenerate.call(
      session,
      Object.keys(session).filter((key) => key !== 'cookie'),
    );
  });
  return {
    metadata: { controllers: [UntouchedController, ...controllers], providers },
    async configure(app) {
      const { register } = app as NestFastifyApplication;
      await register.call(app, fastifyCookie as never);
      await register.call(app, fastifySession as never, options as never);
    },
  };
}
