import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { codeBlocksOf, pages, ROOT, textOf, withSources } from './pages.js';

/** The folders that `npm run typecheck` compiles, strictly. */
const COMPILED = /^(?:docs|test|sample-app|src)\/[\w./-]+\.ts(?:#|$)/;
const TYPESCRIPT = ['ts', 'typescript', 'js', 'javascript'];

describe.each(pages)('the code of %s', (page) => {
  it('stands in a file that is compiled, which a comment before each block names', () => {
    const loose = codeBlocksOf(textOf(page))
      .filter(({ language, source }) => TYPESCRIPT.includes(language) && !COMPILED.test(source ?? ''))
      .map(({ line }) => `${page}:${line} shows code without a comment like <!-- docs/examples/cart.ts#region -->`);
    expect(loose).toEqual([]);
  });

  it('is what that file says; UPDATE_DOCS=1 copies it here', () => {
    const right = withSources(textOf(page));
    if (process.env.UPDATE_DOCS) writeFileSync(join(ROOT, page), right);
    expect(textOf(page)).toBe(right);
  });
});

/** What only shows how something is written, and can be compiled but not run. */
const FRAGMENTS = '.fragments.ts';
const IMPORT = /(?:\bfrom |\bimport\(|^import |\bnew URL\()'(\.[^']+)'/gm;

/** The files of TypeScript below a folder, from the root. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  return [...textOf(file).matchAll(IMPORT)].map(([, path = '']) =>
    relative(ROOT, resolve(ROOT, file, '..', path)).replace(/\.js$/, '.ts'),
  );
}

it('every example is run by a test', () => {
  const examples = filesIn('docs/examples');
  const run = new Set(filesIn('test').flatMap(importsOf));
  // What an example that is run imports is run too, and a Set also goes through what is added meanwhile.
  for (const file of run) if (examples.includes(file)) for (const imported of importsOf(file)) run.add(imported);
  expect(examples.filter((file) => !run.has(file) && !file.endsWith(FRAGMENTS))).toEqual([]);
});
