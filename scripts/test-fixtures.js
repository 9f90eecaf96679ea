// Installs the packed package into the applications of test/fixtures, each in a temporary folder of its own, and runs
// their tests. Arguments name some of them; TARBALL may name the package, where it is packed already.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const FIXTURES = join(ROOT, 'test/fixtures');
const QUIET = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];

/** What it prints is only of interest when it fails. */
function run(folder, command, ...parameters) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')} failed.\n${stdout}${stderr}`);
  return stdout;
}

function pack(folder) {
  const [{ filename }] = JSON.parse(run(ROOT, 'npm', 'pack', '--json', '--pack-destination', folder));
  return join(folder, filename);
}

function test(name, tarball, folder) {
  const application = join(folder, name);
  cpSync(join(FIXTURES, name), application, { recursive: true });
  for (const shared of name.endsWith('-fastify') ? ['shared', 'shared-fastify'] : ['shared']) {
    cpSync(join(FIXTURES, shared), join(application, 'src'), { recursive: true });
  }
  cpSync(tarball, join(application, 'nest-sessions.tgz'));
  run(application, 'npm', 'install', ...QUIET);
  const installed = performance.now();
  run(application, 'npm', 'test');
  return installed;
}

const seconds = (from, to) => `${((to - from) / 1000).toFixed(0)} s`;
const chosen = process.argv.slice(2);
const names = readdirSync(FIXTURES).filter(
  (name) => !name.startsWith('shared') && (!chosen.length || chosen.includes(name)),
);
const folder = mkdtempSync(join(tmpdir(), 'nest-sessions-fixtures-'));
try {
  const tarball = process.env.TARBALL ? resolve(process.env.TARBALL) : pack(folder);
  for (const name of names) {
    const start = performance.now();
    const installed = test(name, tarball, folder);
    console.log(
      `${name}: ok (installed in ${seconds(start, installed)}, ran in ${seconds(installed, performance.now())})`,
    );
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
