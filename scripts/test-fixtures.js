// Installs the packed package into the applications of test/fixtures, each in a temporary folder of its own, and lets them
// test themselves. Arguments name those to try; without any all are tried.
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { QUIETLY, ROOT, run, withPackedPackage } from './packed-package.js';

const FIXTURES = join(ROOT, 'test/fixtures');

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(0)} s`;

function copy(name, application) {
  cpSync(join(FIXTURES, name), application, { recursive: true });
  for (const shared of name.endsWith('-fastify') ? ['shared', 'shared-fastify'] : ['shared']) {
    cpSync(join(FIXTURES, shared), join(application, 'src'), { recursive: true });
  }
}

const chosen = process.argv.slice(2);
const names = readdirSync(FIXTURES).filter(
  (name) => !name.startsWith('shared') && (chosen.length === 0 || chosen.includes(name)),
);

withPackedPackage((tarball, folder) => {
  const start = performance.now();
  for (const name of names) {
    const application = join(folder, name);
    copy(name, application);
    cpSync(tarball, join(application, 'nest-sessions.tgz'));
    const beforeInstall = performance.now();
    run(application, 'npm', 'install', '--no-package-lock', ...QUIETLY);
    const install = seconds(beforeInstall);
    const beforeTest = performance.now();
    run(application, 'npm', 'test');
    console.log(`${name}: ok, installed in ${install}, tested in ${seconds(beforeTest)}`);
  }
  console.log(`${names.length} applications in ${seconds(start)}`);
});
