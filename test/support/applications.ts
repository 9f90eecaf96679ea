import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import libsql from 'libsql';
import { SessionModule, type SessionModuleOptions } from 'nest-sessions';
import { SESSION_CLOCK } from '../../src/module/tokens.js';
import { type Clock, systemClock } from '../../src/session/clock.js';

export const SECRET = 'a secret of the tests, long enough to be one in production';

/** An empty SQLite in memory, for applications that need no server. */
export const sqlite = {
  type: 'better-sqlite3',
  driver: libsql,
  database: ':memory:',
  synchronize: true,
  autoLoadEntities: true,
} as const;

export interface Platform {
  readonly name: string;
  readonly adapter: () => ExpressAdapter | FastifyAdapter;
}

/** Both adapters, for `describe.each`. */
export const platforms: Platform[] = [
  { name: 'Express', adapter: () => new ExpressAdapter() },
  { name: 'Fastify', adapter: () => new FastifyAdapter() },
];

/** Starts an application with sessions in SQLite unless the options say otherwise; it listens on a port of its own. */
export async function startApplication(
  platform: Platform,
  metadata: ModuleMetadata,
  options: Partial<SessionModuleOptions> = {},
  configure: (app: INestApplication) => unknown = () => {},
  clock: Clock = systemClock,
): Promise<INestApplication> {
  const needsDatabase = ['db', 'cached_db'].includes(String(options.engine ?? 'db')) && !options.dataSource;
  const module = await Test.createTestingModule({
    ...metadata,
    imports: [
      ...(needsDatabase ? [TypeOrmModule.forRoot(sqlite)] : []),
      SessionModule.forRoot({ secret: SECRET, ...options }),
      ...(metadata.imports ?? []),
    ],
  })
    .overrideProvider(SESSION_CLOCK)
    .useValue(clock)
    .compile();
  const app = module.createNestApplication<NestFastifyApplication>(platform.adapter(), { logger: false });
  await configure(app);
  await app.listen(0, '127.0.0.1');
  return app;
}

/** The `name=value` of a cookie that a response sets, to be sent back. */
export function cookieOf(response: { headers: Record<string, unknown> }, name = 'sessionid'): string | undefined {
  return setCookies(response)
    .find((cookie) => cookie.startsWith(`${name}=`))
    ?.split(';')[0];
}

export function setCookies(response: { headers: Record<string, unknown> }): string[] {
  return (response.headers['set-cookie'] as string[] | undefined) ?? [];
}
