import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

/** An application in a folder of its own, with the packed package and nothing but its required peers. */
async function application(folder: string): Promise<void> {
  await run('npm', ['pack', '--pack-destination', folder], { cwd: ROOT });
  await mkdir(join(folder, 'node_modules', '@nestjs'), { recursive: true });
  await run('tar', ['-xzf', 'nest-sessions-0.1.0.tgz'], { cwd: folder });
  await cp(join(folder, 'package'), join(folder, 'node_modules', 'nest-sessions'), { recursive: true });
  for (const peer of ['@nestjs/common', '@nestjs/core', 'reflect-metadata', 'rxjs']) {
    await symlink(join(ROOT, 'node_modules', peer), join(folder, 'node_modules', peer));
  }
}

describe('an application that has none of the optional peers', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
    await application(folder);
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const runs = async (program: string): Promise<string> => {
    await writeFile(join(folder, 'program.mjs'), program);
    return (await run(process.execPath, ['program.mjs'], { cwd: folder })).stdout.trim();
  };

  it('can import the package', async () => {
    const names = await runs(`import * as all from 'nest-sessions'; console.log(Object.keys(all).join(' '));`);
    expect(names.split(' ')).toEqual(
      expect.arrayContaining([
        'Cookies',
        'Session',
        'SessionEngine',
        'SessionError',
        'SessionInterceptor',
        'SessionModule',
        'SessionService',
      ]),
    );
  });

  it('is told what to install when an option needs a peer', async () => {
    const message = await runs(`
      import 'reflect-metadata';
      import { NestFactory } from '@nestjs/core';
      import { SessionModule } from 'nest-sessions';
      const root = { module: class Root {}, imports: [SessionModule.forRoot({ secret: 'x'.repeat(50) })] };
      await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false })
        .catch((error) => console.log(error.name + ': ' + error.message));`);
    expect(message).toContain(
      "SessionOptionsError: The engine 'db' needs TypeORM: npm install typeorm @nestjs/typeorm",
    );
  });
});
