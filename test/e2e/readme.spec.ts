import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { createApp } from '../../sample-app/src/create-app.js';
import { describeWith } from '../support/services.js';

const run = promisify(execFile);

/** The commands of the README's transcript, each with the output that it promises. */
async function transcript(): Promise<{ command: string; output: string }[]> {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  const [, block = ''] = /```console\n([\s\S]*?)```/.exec(readme) ?? [];
  return block
    .split(/^\$ /m)
    .filter(Boolean)
    .map((step) => {
      const [command = '', ...output] = step.trimEnd().split('\n');
      return { command, output: output.join('\n') };
    });
}

await describeWith('curl', 'The transcript in the README', () => {
  let folder: string;
  let app: INestApplication;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
    app = await createApp(readConfiguration({}, folder), { logger: false });
    await app.listen(0);
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it('is what the sample application answers', async () => {
    const { port } = new URL((await app.getUrl()).replace('[::1]', 'localhost'));
    const steps = await transcript();
    expect(steps.length).toBeGreaterThan(5);
    for (const { command, output } of steps) {
      const { stdout } = await run('bash', ['-c', command.replace('localhost:3000', `localhost:${port}`)], {
        cwd: folder,
      });
      expect({ command, output: stdout.trim() }).toEqual({ command, output });
    }
  });
});
