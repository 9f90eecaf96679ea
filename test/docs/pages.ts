import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** Every page of Markdown that users and contributors read, by its path from the root. */
export const pages: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'examples', 'sample-app'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
].toSorted();

export function textOf(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A fenced block of code on a page. */
export interface CodeBlock {
  readonly language: string;
  /** Without the indentation of the block. */
  readonly code: string;
  /** The file that it shows, or a region of it, as in `<!-- docs/examples/cart.ts#add -->`. */
  readonly source?: string;
  /** The number of the line with the first fence. */
  readonly line: number;
}

const BLOCK =
  /^(?<head>(?<indent> *)(?:<!-- (?<source>[\w./-]+\.\w+(?:#[\w-]+)?) -->\n\n? *)?```(?<language>\w*)\n)(?<code>[\s\S]*?)(?<foot>^ *```$)/gm;

interface Fence {
  readonly head: string;
  readonly indent: string;
  readonly source?: string;
  readonly language: string;
  readonly code: string;
  readonly foot: string;
}

export function codeBlocksOf(text: string): CodeBlock[] {
  return [...text.matchAll(BLOCK)].map(({ groups, index }) => {
    const { head, indent, source, language, code } = groups as unknown as Fence;
    const line = (text.slice(0, index) + head).split('\n').length - 1;
    return { language, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''), source, line };
  });
}

/** The page as it has to be: each block that names a source shows what is there. */
export function withSources(text: string): string {
  return text.replaceAll(BLOCK, (block, ...rest) => {
    const { head, indent, source, foot } = rest.at(-1) as Fence;
    return source ? head + codeAt(source).replaceAll(/^(?=.)/gm, indent) + foot : block;
  });
}

const REGION = /^ *\/\/ #(?:end)?region.*\n/gm;

/** The code of a file, or of the region that follows `#`: what stands between `// #region name` and `// #endregion`. */
function codeAt(source: string): string {
  const [path = '', region] = source.split('#');
  const file = textOf(path);
  if (region === undefined) return file.replaceAll(REGION, '');
  const found = new RegExp(`^( *)// #region ${region}\\n([\\s\\S]*?)^ *// #endregion`, 'm').exec(file);
  if (!found) throw new Error(`${path} has no region ${region}.`);
  const [, indent = '', code = ''] = found;
  return code.replaceAll(REGION, '').replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

/** Where a link on a page leads: a path from the root, and what follows `#`. Undefined where it leads out of the repository. */
export function targetOf(page: string, link: string): { path: string; anchor?: string } | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = '', anchor] = link.split('#');
  return { path: path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path)), anchor };
}
