import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplication, Type } from '@nestjs/common';
import request from 'supertest';
import type { DataSource } from 'typeorm';
import { platforms, SECRET } from '../support/applications.js';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { describeWith } from '../support/services.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';
import { isListening } from './is-listening.js';
import { setEnvironment, startExample } from './start-example.js';
import { playTranscripts } from './transcripts.js';

setEnvironment({});

async function counts(app: INestApplication): Promise<void> {
  const browser = request.agent(app.getHttpServer());
  await browser.post('/counter').expect(201, { count: 1 });
  await browser.post('/counter').expect(201, { count: 2 });
  await browser.get('/counter').expect(200, { count: 2 });
  await browser.post('/counter/reset').expect(201);
  await browser.get('/counter').expect(200, { count: 0 });
}

describe.each(platforms)('the first steps on $name', (platform) => {
  let AppModule: Type;
  let app: INestApplication;
  beforeAll(async () => {
    ({ AppModule } = await import('../../docs/examples/getting-started/app.module.js'));
    app = await startExample(platform, AppModule);
  });
  afterAll(() => app.close());

  it('count in SQLite', () => counts(app));

  if (platform.name === 'Express') {
    it('answer what the page shows', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
      const { port } = app.getHttpServer().address() as AddressInfo;
      await playTranscripts('docs/getting-started.md', { port, cwd: folder });
      await rm(folder, { recursive: true });
    });
  }
});

await describeWith('postgres', 'the first steps with PostgreSQL', () => {
  let database: DataSource;
  let app: INestApplication;
  beforeAll(async () => {
    database = await databases[0]!.open([]);
    setEnvironment({ DATABASE_URL: (database.options as { url: string }).url });
    const { AppModule } = await import('../../docs/examples/getting-started/postgres.module.js');
    app = await startExample(platforms[0]!, AppModule);
  });
  afterAll(async () => {
    await app.close();
    await database.destroy();
  });

  it('count in the table that the migration makes', () => counts(app));
});

it('main.ts for Fastify serves the same', async () => {
  const port = await freePort();
  const environment = [`SECRET_KEY=${SECRET}`, 'DATABASE_FILE=:memory:', `PORT=${port}`];
  const script = new URL('../../docs/examples/getting-started/main.fastify.ts', import.meta.url);
  const program = spawnTypeScript(script, [], ['env', ...environment]);
  while (program.process.exitCode === null && !(await isListening(port)));
  const response = await fetch(`http://localhost:${port}/counter`, { method: 'POST' });
  expect([await response.text(), response.headers.get('x-powered-by')]).toEqual(['{"count":1}', null]);
  program.process.kill();
  await program.ended;
});
