import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { INestApplication, Type } from '@nestjs/common';
import { getDataSourceToken } from '@nestjs/typeorm';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { AccountSession } from '../../docs/examples/engines/account-session.entity.js';
import { CounterController } from '../../docs/examples/getting-started/counter.controller.js';
import { platforms } from '../support/applications.js';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { RedisCluster, RedisServer } from '../support/redis-server.js';
import { describeWith } from '../support/services.js';
import { setEnvironment, startExample } from './start-example.js';

type Example = Promise<{ SessionsModule: Type }>;

/** An application whose sessions are where an example puts them. */
async function start(example: Example): Promise<INestApplication> {
  const { SessionsModule } = await example;
  return startExample(platforms[0]!, { module: SessionsModule, controllers: [CounterController] });
}

async function counts(app: INestApplication): Promise<void> {
  const browser = request.agent(app.getHttpServer());
  await browser.post('/counter').expect(201, { count: 1 });
  await browser.post('/counter').expect(201, { count: 2 });
  await browser.post('/counter/reset').expect(201);
  await browser.get('/counter').expect(200, { count: 0 });
}

let folder: string;
let app: INestApplication | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  setEnvironment({ SESSION_FOLDER: folder });
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  await rm(folder, { recursive: true });
});

describe('the set-up in the docs of', () => {
  it('the file engine keeps sessions in the folder', async () => {
    app = await start(import('../../docs/examples/engines/file.module.js'));
    await counts(app);
    await request(app.getHttpServer()).post('/counter');
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^sessionid/)]);
  });

  it('encrypted cookies needs no store', async () => {
    app = await start(import('../../docs/examples/engines/encrypted-cookies.module.js'));
    await counts(app);
  });

  it('an entity of your own, in a DataSource of its own, fills its columns', async () => {
    app = await start(import('../../docs/examples/engines/own-entity.module.js'));
    await counts(app);
    const { SessionService } = await import('nest-sessions');
    await app.get(SessionService).create({ accountId: 7 });
    const dataSource = app.get<DataSource>(getDataSourceToken('sessions'));
    expect(await dataSource.getRepository(AccountSession).countBy({ accountId: 7 })).toBe(1);
  });
});

await describeWith('redisServer', 'the set-up in the docs of Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
    setEnvironment({ REDIS_URL: server.url, VALKEY_URL: server.url });
  });
  afterAll(() => server.dispose());

  it.each([
    ['@keyv/redis', () => import('../../docs/examples/engines/redis.module.js')],
    ['@keyv/redis and ConfigService', () => import('../../docs/examples/engines/redis-config.module.js')],
    ['@keyv/valkey', () => import('../../docs/examples/engines/valkey.module.js')],
    ['cache-manager', () => import('../../docs/examples/engines/cache-manager.module.js')],
    ['a store of express-session', () => import('../../docs/examples/engines/express-store.module.js')],
  ])('by %s keeps sessions there', async (_, example) => {
    app = await start(example());
    await counts(app);
    await server.command('FLUSHALL');
    await request(app.getHttpServer()).post('/counter').expect(201);
    expect((await server.command('DBSIZE')).trim()).toBe('1');
  });
});

await describeWith('postgres', 'the set-up in the docs with PostgreSQL', () => {
  let database: DataSource;
  beforeAll(async () => {
    database = await databases[0]!.open([]);
    setEnvironment({ DATABASE_URL: (database.options as { url: string }).url });
  });
  afterAll(() => database.destroy());

  it('of a cache before the database keeps sessions there, also while the cache is down', async () => {
    setEnvironment({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    app = await start(import('../../docs/examples/engines/cached-database.module.js'));
    await counts(app);
    await request(app.getHttpServer()).post('/counter').expect(201);
    expect(await database.query('SELECT count(*) FROM session')).toEqual([{ count: '1' }]);
  });
});

await describeWith('redisServer', 'the set-up in the docs of a Redis Cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await RedisCluster.start();
    setEnvironment({ REDIS_NODES: cluster.urls.join(',') });
  });
  afterAll(() => cluster.dispose());

  it('keeps sessions there', async () => {
    app = await start(import('../../docs/examples/engines/redis-cluster.module.js'));
    await counts(app);
  });
});

await describeWith('redisServer', 'the set-up in the docs of Redis Sentinel', () => {
  let server: RedisServer;
  let sentinel: ChildProcess;
  let sentinelFolder: string;

  beforeAll(async () => {
    server = await RedisServer.start();
    sentinelFolder = await mkdtemp(join(tmpdir(), 'nest-sessions-sentinel-'));
    const settings = join(sentinelFolder, 'sentinel.conf');
    const port = await freePort();
    await writeFile(settings, `bind 127.0.0.1\nport ${port}\nsentinel monitor sessions 127.0.0.1 ${server.port} 1\n`);
    sentinel = spawn('redis-server', [settings, '--sentinel']);
    for await (const line of createInterface(sentinel.stdout!)) if (line.includes('+monitor')) break;
    sentinel.stdout!.resume();
    setEnvironment({ REDIS_SENTINELS: `127.0.0.1:${port}` });
  });
  afterAll(async () => {
    sentinel.kill();
    await once(sentinel, 'exit');
    await server.dispose();
    await rm(sentinelFolder, { recursive: true });
  });

  it('keeps sessions there', async () => {
    app = await start(import('../../docs/examples/engines/redis-sentinel.module.js'));
    await counts(app);
    expect((await server.command('DBSIZE')).trim()).toBe('0');
    await request(app.getHttpServer()).post('/counter').expect(201);
    expect((await server.command('DBSIZE')).trim()).toBe('1');
  });
});
