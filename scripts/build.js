// Builds the package twice from the same sources: dist/esm for `import`, dist/cjs for `require`.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');

function compile(project) {
  const compiler = resolve(ROOT, 'node_modules/typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', project], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}

rmSync(resolve(ROOT, 'dist'), { recursive: true, force: true });
compile('tsconfig.build.json');
compile('tsconfig.commonjs.json');
// The nearest package.json decides what Node and TypeScript take a .js file and its .d.ts for.
writeFileSync(resolve(ROOT, 'dist/cjs/package.json'), '{ "type": "commonjs" }\n');
// So that npx finds it in a clone as it does in an installation, where npm sees to that.
chmodSync(resolve(ROOT, 'dist/esm/cli.js'), 0o755);
