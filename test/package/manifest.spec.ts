import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { VERSION } from '../../src/shared-by-copies.js';

const ROOT = resolve(import.meta.dirname, '../..');
const json = (file: string): Record<string, never> => JSON.parse(readFileSync(resolve(ROOT, file), 'utf8'));

/** What npm runs on the machine of whoever installs a package. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare'];

describe('the manifest of the package', () => {
  const manifest = json('package.json');

  it('installs nothing but the package itself', () => {
    for (const kind of ['dependencies', 'optionalDependencies', 'bundleDependencies', 'bundledDependencies']) {
      expect(manifest).not.toHaveProperty(kind);
    }
  });

  it('runs nothing when it is installed', () => {
    expect(Object.keys(manifest.scripts!).filter((script) => INSTALL_SCRIPTS.includes(script))).toEqual([]);
  });

  it('names each peer in the page on dependencies, and whether it is optional', () => {
    const page = readFileSync(resolve(ROOT, 'docs/dependencies.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([^`]+)` +\| (always|by )/gm)].map(([, name, needed]) => [
      name,
      needed !== 'always',
    ]);
    const optional = Object.keys(manifest.peerDependenciesMeta!);
    const peers = Object.keys(manifest.peerDependencies!).map((name) => [name, optional.includes(name)]);
    expect(rows.toSorted()).toEqual(peers.toSorted());
  });

  it('has peers that run nothing when they are installed', () => {
    const { packages } = json('package-lock.json') as unknown as {
      packages: Record<string, { hasInstallScript?: boolean }>;
    };
    const peers = Object.keys(manifest.peerDependencies!);
    expect(peers.filter((name) => packages[`node_modules/${name}`]?.hasInstallScript !== undefined)).toEqual([]);
    expect(peers.filter((name) => !packages[`node_modules/${name}`])).toEqual([]);
  });

  it('has the version that copies of the package know each other by', () => {
    expect(manifest.version).toBe(VERSION);
  });

  it('has a command that is in the package', () => {
    expect(manifest.bin).toEqual({ 'nest-sessions': 'dist/esm/cli.js' });
    expect(readFileSync(resolve(ROOT, 'src/cli.ts'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});
