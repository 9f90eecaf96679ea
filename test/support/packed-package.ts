import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');

/** Installs the package in a folder as npm would publish it, together with packages that are installed here. */
export async function installPackage(folder: string, peers: readonly string[]): Promise<string> {
  const tarball = process.env.TARBALL ?? (await pack(folder));
  const installed = join(folder, 'node_modules/nest-sessions');
  await mkdir(installed, { recursive: true });
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  for (const peer of peers) {
    await mkdir(join(folder, 'node_modules', peer, '..'), { recursive: true });
    await symlink(join(ROOT, 'node_modules', peer), join(folder, 'node_modules', peer));
  }
  return installed;
}

/** From a copy of the sources, so that the build in this repository stays as it is, whoever else needs it. */
async function pack(folder: string): Promise<string> {
  const copy = join(folder, 'sources');
  const leftOut = ['.git', 'node_modules', 'dist', 'sample-app', 'test'].map((name) => join(ROOT, name));
  await cp(ROOT, copy, { recursive: true, filter: (path) => !leftOut.includes(path) });
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', folder], { cwd: copy });
  const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  return join(folder, name!);
}

/** All files of a folder, as paths within it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}
