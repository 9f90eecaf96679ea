import type { DynamicModule, INestApplication, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SESSION_CLOCK } from '../../src/module/tokens.js';
import { type Clock, systemClock } from '../../src/session/clock.js';
import { type Platform, SECRET } from '../support/applications.js';

/** What the examples of the docs read from the environment, which has to be there before they are imported. */
export function setEnvironment(variables: Record<string, string>): void {
  Object.assign(process.env, { SECRET_KEY: SECRET, DATABASE_FILE: ':memory:', ...variables });
}

/** Starts the root module of an example as it is; it listens on a port of its own. */
export async function startExample(
  platform: Platform,
  root: Type | DynamicModule,
  clock: Clock = systemClock,
): Promise<INestApplication> {
  const module = await Test.createTestingModule({ imports: [root] })
    .overrideProvider(SESSION_CLOCK)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(platform.adapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  return app;
}
