import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pages, ROOT, targetOf, textOf } from './pages.js';

const CODE = /^ *```[\s\S]*?^ *```|`[^`\n]*`/gm;
const LINK = /\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g;
/** Paths of files that a page names in code. */
const NAMED = /`((?:docs|test|bench|examples|sample-app|scripts|\.ci)\/[\w./-]+)`/g;

function linksOf(page: string): string[] {
  return [...textOf(page).replaceAll(CODE, '').matchAll(LINK)].map(([, link = '']) => link);
}

/** The names that headings are linked by, as GitHub makes them: the second of one name ends in `-1`. */
function anchorsOf(page: string): string[] {
  const times = new Map<string, number>();
  const headings = textOf(page)
    .replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
    .matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) => {
    const name = heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-');
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before === 0 ? name : `${name}-${before}`;
  });
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

it.each(['docs/README.md', 'README.md'])('every page of docs is linked in %s', (index) => {
  const linked = new Set(linksOf(index).map((link) => targetOf(index, link)?.path));
  expect(pages.filter((page) => page.startsWith('docs/') && page !== index && !linked.has(page))).toEqual([]);
});
