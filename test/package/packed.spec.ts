import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { filesIn, installPackage } from '../support/packed-package.js';

const run = promisify(execFile);

const EXPECTED = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'dist/cjs/package.json', 'package.json'];

describe('the packed package', () => {
  let folder: string;
  let installed: string;
  let files: string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-packed-'));
    installed = await installPackage(folder, ['@nestjs', 'reflect-metadata', 'rxjs', 'typeorm']);
    files = await filesIn(installed);
  }, 240_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('holds the two builds, their sources and what belongs to every package, and nothing else', () => {
    const others = files.filter((file) => !/^(src\/.+\.ts|dist\/(esm|cjs)\/.+\.(js|js\.map|d\.ts))$/.test(file));
    expect(EXPECTED).toEqual(expect.arrayContaining(others));
    expect(files.filter((file) => /spec|fixture/.test(file))).toEqual([]);
  });

  it('has sources for all of its source maps', async () => {
    const maps = files.filter((file) => file.endsWith('.js.map'));
    expect(maps.length).toBeGreaterThan(100);
    for (const map of maps) {
      const { sources } = JSON.parse(await readFile(join(installed, map), 'utf8')) as { sources: string[] };
      expect(sources.filter((source) => !existsSync(join(installed, dirname(map), source)))).toEqual([]);
    }
  });

  it('has one class of each name to look up or compare, whether it is imported or required', async () => {
    await writeFile(
      join(folder, 'program.cjs'),
      `require('reflect-metadata');
      const doors = ['nest-sessions', 'nest-sessions/typeorm', 'nest-sessions/testing'];
      const isClass = (value) => /^class /.test(String(value));
      Promise.all(doors.map((door) => import(door))).then((imported) => {
        const exports = doors.flatMap((door, index) => Object.entries(require(door)).map(([name, value]) =>
          ({ name, isClass: isClass(value), isOne: value === imported[index][name] })));
        console.log(JSON.stringify(exports));
      });`,
    );
    const { stdout } = await run(process.execPath, ['program.cjs'], { cwd: folder });
    const exports = JSON.parse(stdout) as { name: string; isClass: boolean; isOne: boolean }[];
    // Not the very same file, which would prove nothing.
    expect(exports.find(({ name }) => name === 'djangoInterop')).toMatchObject({ isClass: false, isOne: false });
    const classes = exports.filter(({ isClass }) => isClass);
    expect(classes.filter(({ isOne }) => isOne).length).toBeGreaterThan(15);
    // Those are told by what they can do.
    const others = ['BaseSession', 'CreateSessionTable1700000000000', 'DatabaseEngine', 'MemoryEngine'];
    expect(classes.flatMap(({ name, isOne }) => (isOne ? [] : name)).toSorted()).toEqual(others);
  });
});
