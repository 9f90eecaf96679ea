// Lets a plain `node --import` run this project's TypeScript, compiled as Jest compiles it.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import jestConfig from '../../jest.config.js';

// Node runs the two hooks below in a thread of its own, which loads this file once more.
if (isMainThread) register(import.meta.url);

const [, options] = jestConfig.transform['^.+\\.ts$'];
const sources = new URL('../../src/', import.meta.url);
const cache = new URL('../../node_modules/.cache/nest-sessions-tests/', import.meta.url);

/** `nest-sessions` and `nest-sessions/…` are the sources, and `./name.js` beside TypeScript is `./name.ts`. */
export function resolve(specifier, context, next) {
  const door = /^nest-sessions(?:\/(.+))?$/.exec(specifier);
  if (door) return next(new URL(`${door[1] ?? 'index'}.ts`, sources).href, context);
  if (/^\.{1,2}\/.*\.js$/.test(specifier)) {
    const typescript = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(typescript)) return next(typescript.href, context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await compiled(fileURLToPath(url)), shortCircuit: true };
}

/** Compiles each version of a file once, because tests start hundreds of processes. */
async function compiled(filename) {
  const text = await readFile(filename, 'utf8');
  const version = createHash('sha256')
    .update(JSON.stringify([filename, text, options]))
    .digest('hex');
  const path = fileURLToPath(new URL(`${version}.js`, cache));
  if (existsSync(path)) return readFile(path, 'utf8');
  const { transform } = await import('@swc/core');
  const { code } = await transform(text, { ...options, filename, sourceMaps: 'inline' });
  await mkdir(cache, { recursive: true });
  await writeFile(`${path}.${process.pid}`, code);
  await rename(`${path}.${process.pid}`, path);
  return code;
}
