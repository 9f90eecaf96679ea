import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');

/** So that an installation asks the registry no more than it must. */
export const QUIETLY = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** Runs a command, and says what it printed only when it fails. */
export function run(folder, command, ...parameters) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} failed.\n${stdout}${stderr}`);
  return stdout;
}

/**
 * Works with the package as npm would publish it: TARBALL, where that is set, else packed for this.
 *
 * @param work gets the tarball and a temporary folder
 */
export function withPackedPackage(work) {
  const folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
  try {
    work(process.env.TARBALL ? resolve(process.env.TARBALL) : pack(folder), folder);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pack(folder) {
  const [{ filename }] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--pack-destination', folder));
  return join(folder, filename);
}
