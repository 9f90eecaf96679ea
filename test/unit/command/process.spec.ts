import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FileEngine } from '../../../src/engines/file/file.engine.js';
import { SignedPayload } from '../../../src/signing/index.js';
import { spawnTypeScript } from '../../support/spawn-typescript.js';

const cli = new URL('../../../src/cli.ts', import.meta.url);

/** The command in a process of its own, whose standard input holds these lines. */
async function run(
  args: string[],
  { input = '', variables = [] as string[] } = {},
): Promise<{ code: number | NodeJS.Signals; output: string }> {
  const { process: child, lines, ended } = spawnTypeScript(cli, args, ['env', ...variables]);
  child.stdin.end(input);
  const output: string[] = [];
  lines.on('line', (line) => output.push(line));
  return { code: await ended, output: output.join('\n') };
}

describe('the command in a process of its own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('clears the sessions of a CommonJS application, and ends although that left a timer', async () => {
    const engine = new FileEngine({ folder, cookieAge: 1209600 });
    await engine.create('expired0', { data: 'x', expiresAt: new Date(Date.now() - 1000) });
    await engine.create('expired1', { data: 'x', expiresAt: new Date(Date.now() - 1000) });
    await engine.create('live0000', { data: 'x', expiresAt: new Date(Date.now() + 3_600_000) });
    const application = fileURLToPath(new URL('./fixtures/files.cjs', import.meta.url));
    expect(await run(['clear-expired', application], { variables: [`TEST_FOLDER=${folder}`] })).toEqual({
      code: 0,
      output: '2 expired sessions deleted',
    });
    expect(await readdir(folder)).toEqual(['sessionidlive0000']);
  });

  it('decodes what it reads from standard input', async () => {
    const value = new SignedPayload({ secret: 'hidden', salt: 'x' }).pack('{"a":1}');
    const { code, output } = await run(['decode', '--salt', 'x'], { input: `${value}\nhidden\n` });
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ kind: 'signed object', data: { a: 1 } });
  });
});
