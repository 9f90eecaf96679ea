import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { installPackage } from '../support/packed-package.js';

const run = promisify(execFile);
const COMPILERS = join(import.meta.dirname, '../../node_modules');

const compilerOptions = {
  module: 'nodenext',
  target: 'ES2023',
  strict: true,
  skipLibCheck: false,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  isolatedModules: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  types: ['node'],
  noEmit: true,
};

describe('the types of the packed package', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-types-'));
    await installPackage(folder, ['@nestjs', '@types', 'reflect-metadata', 'rxjs', 'typeorm']);
    for (const type of ['module', 'commonjs']) {
      await cp(import.meta.dirname, join(folder, type), { recursive: true });
      await writeFile(join(folder, type, 'package.json'), JSON.stringify({ type }));
    }
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What a compiler has to say of a small program that uses the package. */
  const complaints = async (compiler: string, type: string, ...folders: string[]): Promise<string> => {
    const project = join(folder, type, `${folders[0]}.${compiler}.json`);
    await writeFile(project, JSON.stringify({ compilerOptions, include: folders }));
    const tsc = join(COMPILERS, compiler, 'bin/tsc');
    return run(process.execPath, [tsc, '-p', project, '--pretty', 'false']).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  };

  describe.each(['typescript-5', 'typescript', 'typescript-7'])('to %s', (compiler) => {
    describe.each(['module', 'commonjs'])('in a package of type %s', (type) => {
      it('allow anything where nothing is declared, and what a place declares for itself', async () => {
        expect(await complaints(compiler, type, 'plain', 'doors')).toBe('');
      });

      it('follow what an application declares for all of its sessions', async () => {
        expect(await complaints(compiler, type, 'augmented')).toBe('');
      });
    });
  });
});
