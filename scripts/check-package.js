// Checks the packed package: its entry points and their types, what it weighs, and what comes with it under which licenses.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QUIETLY, ROOT, run, withPackedPackage } from './packed-package.js';

const LICENSES = ['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

const json = (file) => JSON.parse(readFileSync(file, 'utf8'));
const kilobytes = (bytes) => `${Math.round(bytes / 1000)} kB`;

/** What npm would install for production, in an application that has nothing yet. */
function installed(tarball, folder) {
  writeFileSync(join(folder, 'package.json'), '{}');
  run(folder, 'npm', 'install', '--package-lock-only', ...QUIETLY, tarball);
  const { '': _, ...packages } = json(join(folder, 'package-lock.json')).packages;
  return Object.entries(packages).map(([path, { license, peer }]) => ({ path, license, isPeer: peer === true }));
}

/** The peers that an application installs if it wants them. */
function optionalPeers() {
  const { peerDependenciesMeta } = json(join(ROOT, 'package.json'));
  return Object.keys(peerDependenciesMeta).map((name) => {
    const path = join('node_modules', name);
    return { path, license: json(join(ROOT, path, 'package.json')).license };
  });
}

withPackedPackage((tarball, folder) => {
  const tool = (name) => join(ROOT, 'node_modules/.bin', name);
  run(folder, tool('publint'), '--strict', tarball);
  run(folder, tool('attw'), tarball);
  console.log('publint and attw: nothing found');

  const [{ size, unpackedSize, entryCount }] = JSON.parse(run(folder, 'npm', 'pack', tarball, '--dry-run', '--json'));
  console.log(`packed ${kilobytes(size)}, unpacked ${kilobytes(unpackedSize)}, ${entryCount} files`);

  const packages = installed(tarball, folder);
  const peers = packages.filter(({ isPeer }) => isPeer);
  console.log(
    `a production install brings ${packages.length - peers.length} package beside the ${peers.length} of Nest`,
  );

  const others = [...packages, ...optionalPeers()].filter(({ license }) => !LICENSES.includes(license));
  if (others.length > 0) throw new Error(`Other licenses: ${others.map(({ path, license }) => `${path} ${license}`)}`);
  console.log(`all of them, and the optional peers, are under ${LICENSES.join(', ')}`);
});
