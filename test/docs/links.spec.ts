import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pages, ROOT, targetOf, textOf } from './pages.js';

const CODE = /^ *```[\s\S]*?^ *```|`[^`\n]*`/gm;
const LINK = /\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g;
/** Paths of files that a page names in code. */
const NAMED = /`((?:docs|src|test|bench|examples|sample-app|scripts|\.ci)\/[\w./-]+)`/g;

function linksOf(page: string): string[] {
  return [...textOf(page).replaceAll(CODE, '').matchAll(LINK)].map(([, link = '']) => link);
}

/** The name that a heading is linked by, as GitHub makes it. */
function anchorsOf(page: string): string[] {
  const headings = textOf(page)
    .replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function isBroken(page: string, link: string): boolean {
  const target = targetOf(page, link);
  if (!target) return false;
  const { path, anchor } = target;
  if (path.startsWith('..') || !existsSync(join(ROOT, path))) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).includes(anchor);
}

describe.each(pages)('the links of %s', (page) => {
  it('lead somewhere', () => {
    expect(linksOf(page).filter((link) => isBroken(page, link))).toEqual([]);
  });

  it('and the files that it names are there', () => {
    const named = [...textOf(page).matchAll(NAMED)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

it('every page of docs is in its index', () => {
  const index = new Set(linksOf('docs/README.md').map((link) => targetOf('docs/README.md', link)?.path));
  expect(pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !index.has(page))).toEqual([]);
});
