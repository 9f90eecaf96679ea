import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { SECRET } from '../support/applications.js';
import { databases } from '../support/databases.js';
import { freePort } from '../support/free-port.js';
import { describeWith } from '../support/services.js';
import { spawnTypeScript, type TypeScriptProcess } from '../support/spawn-typescript.js';
import { isListening } from './is-listening.js';
import { playTranscripts } from './transcripts.js';

await describeWith('curl', 'The transcript in the README', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('is what the sample application answers', async () => {
    const app = await createApp(readConfiguration({}, folder), { logger: false });
    await app.listen(0);
    const { port } = app.getHttpServer().address() as AddressInfo;
    await playTranscripts('README.md', { port, cwd: folder }).finally(() => app.close());
  });
});

await describeWith('postgres', 'The whole program in the README', () => {
  let database: DataSource;
  let program: TypeScriptProcess;
  let port: number;

  beforeAll(async () => {
    database = await databases[0]!.open([]);
    port = await freePort();
    const { url } = database.options as { url: string };
    const environment = [`DATABASE_URL=${url}`, `SECRET_KEY=${SECRET}`, `PORT=${port}`];
    program = spawnTypeScript(new URL('../../docs/examples/counter.ts', import.meta.url), [], ['env', ...environment]);
    while (program.process.exitCode === null && !(await isListening(port)));
  });
  afterAll(async () => {
    program?.process.kill();
    await program?.ended;
    await database.destroy();
  });

  it('counts what each visitor does, in PostgreSQL', async () => {
    const count = async (cookie = '') => {
      const response = await fetch(`http://localhost:${port}/counter`, { method: 'POST', headers: { cookie } });
      return { body: await response.text(), cookie: response.headers.getSetCookie()[0]?.split(';')[0] };
    };
    const { body, cookie } = await count();
    expect(body).toBe('{"count":1}');
    expect((await count(cookie)).body).toBe('{"count":2}');
    expect((await count()).body).toBe('{"count":1}');
  });
});
