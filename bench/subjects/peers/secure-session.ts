import { createHash } from 'node:crypto';
import secureSession from '@fastify/secure-session';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Assembly, type Assignment, SESSION_AGE } from '../assembly.js';
import { fresh } from '../contents.js';
import { UntouchedController } from '../untouched.controller.js';
import { propertySessions } from './property-session.controller.js';

export function assemble({ places }: Assignment): Assembly {
  const { controllers, providers } = propertySessions(async ({ session }) => {
    const { regenerate } = session as unknown as { regenerate(keys: string[]): void };
    regenerate.call(session, Object.keys(fresh.contents));
  });
  return {
    metadata: { controllers: [UntouchedController, ...controllers], providers },
    configure: (app) =>
      (app as NestFastifyApplication).register(
        secureSession as never,
        {
          key: createHash('sha256').update(places.secret).digest(),
          expiry: SESSION_AGE,
          cookie: { path: '/', maxAge: SESSION_AGE, sameSite: 'lax' },
        } as never,
      ),
  };
}
