import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');

describe.each(['typescript', 'typescript-7'])('the types of a session, to %s', (compiler) => {
  let folder: string;

  /** What the compiler has to say. */
  const compile = (...parameters: string[]): Promise<string> => {
    const tsc = join(ROOT, 'node_modules', compiler, 'bin/tsc');
    return run(process.execPath, [tsc, ...parameters]).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  };

  /** What it has to say about a small program that uses the package as published: only its declarations. */
  const complaints = async (program: string): Promise<string> => {
    const project = join(folder, `${program}.json`);
    const paths = { 'nest-sessions': [join(folder, 'dist/index.d.ts')] };
    const configuration = {
      extends: join(import.meta.dirname, program, 'tsconfig.json'),
      compilerOptions: { paths, typeRoots: [join(ROOT, 'node_modules/@types')] },
      files: [join(import.meta.dirname, program, 'session.ts')],
      include: [],
    };
    await writeFile(project, JSON.stringify(configuration));
    return compile('-p', project, '--pretty', 'false');
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-types-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const project = join(ROOT, 'tsconfig.build.json');
    await compile(
      '-p',
      project,
      '--emitDeclarationOnly',
      '--declarationMap',
      'false',
      '--outDir',
      join(folder, 'dist'),
    );
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('allow anything where nothing is declared, and what a place declares for itself', async () => {
    expect(await complaints('plain')).toBe('');
  }, 120_000);

  it('follow what an application declares for all of its sessions', async () => {
    expect(await complaints('augmented')).toBe('');
  }, 120_000);
});
