import KeyvRedis from '@keyv/redis';
import { Controller, Get, Post } from '@nestjs/common';
import { Keyv } from 'keyv';
import libsql from 'libsql';
import { Session, SessionModule, type SessionModuleOptions } from 'nest-sessions';
import { SessionEntity } from 'nest-sessions/typeorm';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { SQLITE_PRAGMAS } from './sqlite-pragmas.js';
import { type Assembly, type Assignment, type Places, SESSION_AGE } from './assembly.js';
import { type Contents, fresh } from './contents.js';
import { UntouchedController } from './untouched.controller.js';

@Controller()
class SessionController {
  @Get('read')
  read(@Session() session: Session<Contents>): object {
    return { count: session.get('count') };
  }

  @Post('write')
  write(@Session() session: Session<Contents>): object {
    return { count: session.compute('count', (count = 0) => count + 1) };
  }

  @Post('new')
  create(@Session() session: Session<Contents>): object {
    session.update(fresh.contents);
    return { count: 0 };
  }

  @Post('login')
  async login(@Session() session: Session<Contents>): Promise<object> {
    await session.cycleKey();
    return { count: session.get('count') };
  }
}

type Engine = Partial<SessionModuleOptions>;

const ENGINES: Record<string, (places: Places) => Engine | Promise<Engine>> = {
  redis: (places) => ({ engine: 'cache', cache: redis(places) }),
  memory: () => ({ engine: 'cache' }),
  postgres: async (places) => ({ engine: 'db', dataSource: await postgres(places) }),
  mariadb: async ({ databaseUrl }) => ({ engine: 'db', dataSource: await open({ type: 'mysql', url: databaseUrl }) }),
  sqlite: async (places) => ({ engine: 'db', dataSource: await sqlite(places) }),
  cached: async (places) => ({ engine: 'cached_db', dataSource: await postgres(places), cache: redis(places) }),
  file: ({ folder }) => ({ engine: 'file', filePath: folder }),
  signed: () => ({ engine: 'signed_cookies' }),
  encrypted: () => ({ engine: 'encrypted_cookies' }),
};

export async function assemble({ store, places }: Assignment): Promise<Assembly> {
  const options = { secret: places.secret, cookieAge: SESSION_AGE, ...(await ENGINES[store]!(places)) };
  return {
    metadata: {
      imports: [SessionModule.forRoot(options)],
      controllers: [UntouchedController, SessionController],
    },
  };
}

function redis({ redisUrl, redisPrefix }: Places): Keyv {
  return new Keyv({ store: new KeyvRedis(redisUrl, { namespace: `${redisPrefix}nest-sessions` }) });
}

function postgres({ databaseUrl }: Places): Promise<DataSource> {
  return open({ type: 'postgres', url: databaseUrl });
}

function sqlite({ sqlitePath }: Places): Promise<DataSource> {
  return open({
    type: 'better-sqlite3',
    driver: libsql,
    database: sqlitePath,
    prepareDatabase: (database: { pragma(text: string): void }) => {
      for (const pragma of SQLITE_PRAGMAS) database.pragma(pragma);
    },
  });
}

function open(options: DataSourceOptions): Promise<DataSource> {
  return new DataSource({ ...options, entities: [SessionEntity] } as DataSourceOptions).initialize();
}
