import { Controller, type DynamicModule, Get, Injectable, Module, type ModuleMetadata } from '@nestjs/common';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Session,
  SessionEngine,
  SessionModule,
  type SessionModuleOptions,
  SessionOptionsError,
  SessionService,
} from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { BaseSession, SessionEntity } from 'nest-sessions/typeorm';
import { Keyv } from 'keyv';
import request from 'supertest';
import { Column, DataSource, Entity } from 'typeorm';
import { cookieOf, SECRET, sqlite } from '../support/applications.js';

@Controller()
class CounterController {
  @Get('count')
  count(@Session() session: Session) {
    return { count: session.compute('count', (n = 0) => n + 1) };
  }
}

@Entity('audited_session')
class AuditedSession extends BaseSession {
  @Column({ name: 'account', type: 'varchar', length: 40, nullable: true })
  account?: string;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.account = values.account as string | undefined;
  }
}

@Injectable()
class Configuration {
  createSessionOptions(): SessionModuleOptions {
    return { secret: SECRET };
  }
}

@Module({ providers: [Configuration], exports: [Configuration] })
class ConfigurationModule {}

const { autoLoadEntities: _, ...withoutAutoLoad } = sqlite;

async function counts(
  imports: ModuleMetadata['imports'],
  cookieName = 'sessionid',
  inspect?: (get: <T>(token: never) => T) => Promise<void>,
): Promise<void> {
  const module = await Test.createTestingModule({ imports, controllers: [CounterController] }).compile();
  const app = module.createNestApplication({ logger: false });
  await app.init();
  try {
    const first = await request(app.getHttpServer()).get('/count').expect(200, { count: 1 });
    await request(app.getHttpServer())
      .get('/count')
      .set('Cookie', cookieOf(first, cookieName)!)
      .expect(200, { count: 2 });
    await inspect?.((token) => app.get(token));
  } finally {
    await app.close();
  }
}

async function bootError(imports: ModuleMetadata['imports']): Promise<Error> {
  const module = Test.createTestingModule({ imports });
  const error: unknown = await module.compile().then(
    (compiled) => compiled.close(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SessionOptionsError);
  return error as Error;
}

describe('SessionModule', () => {
  it('works with autoLoadEntities', () =>
    counts([TypeOrmModule.forRoot(sqlite), SessionModule.forRoot({ secret: SECRET })]));

  it('works whatever the order of the imports', () =>
    counts([SessionModule.forRoot({ secret: SECRET }), TypeOrmModule.forRoot(sqlite)]));

  it('works with entities: [SessionEntity]', () =>
    counts([
      TypeOrmModule.forRoot({ ...withoutAutoLoad, entities: [SessionEntity] }),
      SessionModule.forRoot({ secret: SECRET }),
    ]));

  it('works with a named DataSource', () =>
    counts([
      TypeOrmModule.forRoot({ ...sqlite, name: 'sessions' }),
      SessionModule.forRoot({ secret: SECRET, dataSource: 'sessions' }),
    ]));

  it('works with a DataSource that is handed in, and without TypeOrmModule', async () => {
    const dataSource = await new DataSource({ ...withoutAutoLoad, entities: [SessionEntity] }).initialize();
    await counts([SessionModule.forRoot({ secret: SECRET, dataSource })]);
    await dataSource.destroy();
  });

  it('works with a DataSource under a token', () =>
    counts([
      TypeOrmModule.forRoot(sqlite),
      SessionModule.forRootAsync({ useFactory: () => ({ secret: SECRET, dataSource: DataSource }) }),
    ]));

  it('keeps sessions in an entity of the application, with columns filled from the data', () =>
    counts(
      [TypeOrmModule.forRoot(sqlite), SessionModule.forRoot({ secret: SECRET, entity: AuditedSession })],
      'sessionid',
      async (get) => {
        const sessions = get<SessionService>(SessionService as never);
        const session = await sessions.create({ account: 'ann' });
        session.set('account', 'bob');
        await session.save();
        const rows = await get<DataSource>(DataSource as never)
          .getRepository(AuditedSession)
          .findBy({ account: 'bob' });
        expect(rows).toHaveLength(1);
      },
    ));

  it.each<[string, Parameters<typeof SessionModule.forRootAsync>[0]]>([
    ['useFactory', { useFactory: async () => ({ secret: SECRET }) }],
    [
      'useFactory with inject and imports',
      {
        imports: [ConfigurationModule],
        inject: [Configuration],
        useFactory: (configuration: Configuration) => configuration.createSessionOptions(),
      },
    ],
    ['useClass', { useClass: Configuration }],
    ['useExisting', { imports: [ConfigurationModule], useExisting: Configuration }],
  ])('forRootAsync takes %s', (_name, options) =>
    counts([TypeOrmModule.forRoot(sqlite), SessionModule.forRootAsync(options)]),
  );

  it('hands over the engine for tests to replace', async () => {
    const engine = {
      load: jestNever,
      create: jestNever,
      replace: jestNever,
      touch: jestNever,
      delete: jestNever,
      deleteExpired: jestNever,
    };
    const module = await Test.createTestingModule({
      imports: [SessionModule.forRoot({ secret: SECRET, engine: engine as never })],
    }).compile();
    expect(module.get(SessionEngine)).toBe(engine);
    await module.close();
  });

  it('does not start with a wrong option', async () => {
    const error = await bootError([SessionModule.forRoot({ secret: SECRET, cookieAge: 'long' as never })]);
    expect(error.message).toContain('"cookieAge"');
  });

  it('does not start with an unknown engine, and names those that there are', async () => {
    const error = await bootError([SessionModule.forRoot({ secret: SECRET, engine: 'redis' })]);
    expect(error.message).toMatch(/"engine".*"redis".*db, cache, cached_db/);
  });

  it('does not start with a cache that nobody provides', async () => {
    const error = await bootError([SessionModule.forRoot({ secret: SECRET, engine: 'cache', cache: 'CACHE_MANAGER' })]);
    expect(error.message).toMatch(/CACHE_MANAGER.*isGlobal/);
  });

  it.each<[string, Partial<SessionModuleOptions>, () => DynamicModule[]]>([
    ['cache, in memory', { engine: 'cache' }, () => []],
    ['cache, a Keyv', { engine: 'cache', cache: new Keyv() }, () => []],
    [
      'cache, CACHE_MANAGER',
      { engine: 'cache', cache: CACHE_MANAGER },
      () => [CacheModule.register({ isGlobal: true })],
    ],
    ['cached_db', { engine: 'cached_db' }, () => [TypeOrmModule.forRoot(sqlite)]],
    ['file', { engine: 'file', cookieName: 'nest-sessions-test' }, () => []],
    ['a class of the application', { engine: MemoryEngine }, () => []],
    ['an instance', { engine: new MemoryEngine() }, () => []],
  ])('works with the engine %s', (_name, options, imported) =>
    counts([...imported(), SessionModule.forRoot({ secret: SECRET, ...options })], options.cookieName),
  );

  it('works with an engine under a token', () => {
    @Module({ providers: [{ provide: 'STORE', useClass: MemoryEngine }], exports: ['STORE'] })
    class StoreModule {}
    return counts([
      SessionModule.forRootAsync({ imports: [StoreModule], useFactory: () => ({ secret: SECRET, engine: 'STORE' }) }),
    ]);
  });

  it('says what to do when there is no DataSource', async () => {
    const error = await bootError([SessionModule.forRoot({ secret: SECRET })]);
    expect(error.message).toContain('TypeOrmModule.forRoot');
  });

  it('says what to do when the DataSource does not know the entity', async () => {
    const error = await bootError([TypeOrmModule.forRoot(withoutAutoLoad), SessionModule.forRoot({ secret: SECRET })]);
    expect(error.message).toMatch(/entities|autoLoadEntities/);
  });
});

async function jestNever(): Promise<never> {
  throw new Error('No test calls this engine.');
}
