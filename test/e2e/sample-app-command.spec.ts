import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';

const cli = new URL('../../src/cli.ts', import.meta.url);
const application = fileURLToPath(new URL('../../sample-app/src/app.module.ts', import.meta.url));

describe('The command nest-sessions on the sample application', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function run(
    command: string,
    environment: Record<string, string>,
  ): Promise<{ code: unknown; output: string[] }> {
    const variables = Object.entries({ SESSION_ENGINE: 'file', SESSION_FILE_PATH: folder, ...environment });
    const wrapper = ['env', ...variables.map(([name, value]) => `${name}=${value}`)];
    const { process: child, lines, ended } = spawnTypeScript(cli, [command, application], wrapper);
    child.stdin.end();
    const output: string[] = [];
    lines.on('line', (line) => output.push(line));
    return { code: await ended, output };
  }

  it('deletes expired sessions from the store that the environment names', async () => {
    const engine = new FileEngine({ folder, cookieAge: 1209600 });
    await engine.create('expired0', { data: 'x', expiresAt: new Date(Date.now() - 1000) });
    await engine.create('live0000', { data: 'x', expiresAt: new Date(Date.now() + 3_600_000) });
    const result = await run('clear-expired', { SECRET_KEY: 'secret' });
    expect(result).toEqual({ code: 0, output: ['1 expired session deleted'] });
    expect(await readdir(folder)).toEqual(['sessionidlive0000']);
  });

  it('finds what is unsafe while developing, and nothing in production behind HTTPS', async () => {
    const development = await run('check', { SECRET_KEY: 'secret' });
    expect(development.code).toBe(1);
    for (const option of ['secret', 'cookieSecure', 'cookieName', 'absoluteAge']) {
      expect(development.output).toContainEqual(expect.stringMatching(`^- ${option} `));
    }
    const production = {
      NODE_ENV: 'production',
      SECRET_KEY: 'x7'.repeat(20) + 'Qp_-93kdTz',
      SESSION_COOKIE_SECURE: 'true',
    };
    expect(await run('check', production)).toEqual({ code: 0, output: ['Nothing found.'] });
  });
});
