// Makes everything ready that a benchmark needs, and starts it: `npm run bench` in the root of the repository.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const bench = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('..', import.meta.url));

if (!existsSync(`${root}/node_modules`)) run('npm', ['ci'], root);
if (!isInstalled()) run('npm', ['ci'], bench);
run('npm', ['run', '--silent', 'build'], root);
putPackageInPlace();
run('npm', ['run', '--silent', 'build'], bench);
run('node', ['dist/main.js', ...process.argv.slice(2)], bench);

/** npm notes in this file what it has installed, and when. */
function isInstalled() {
  const installed = `${bench}/node_modules/.package-lock.json`;
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${bench}/package-lock.json`).mtimeMs;
}

/** As if it were installed from a registry, so that it meets the same Nest as the peers do. */
function putPackageInPlace() {
  const place = `${bench}/node_modules/nest-sessions`;
  rmSync(place, { recursive: true, force: true });
  for (const name of ['package.json', 'dist']) cpSync(`${root}/${name}`, `${place}/${name}`, { recursive: true });
}

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
