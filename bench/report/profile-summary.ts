import { readFile } from 'node:fs/promises';
import { markdownTable } from './markdown-table.js';

interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  readonly children?: readonly number[];
}

const MOST = 40;
/** What V8 calls it when nothing runs. */
const IDLE = '(idle)';

/**
 * Where the time of a request went, in microseconds: by package, and by function. What Node and V8 do counts for the function
 * of a package that has asked for it.
 */
export async function profileSummary(path: string, requests: number): Promise<string> {
  const profile: CpuProfile = JSON.parse(await readFile(path, 'utf8'));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const byPackage = new Map<string, number>();
  const byFunction = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const own = nodes.get(id)!;
    if (own.callFrame.functionName === IDLE) continue;
    let asker = own;
    while (!isOfPackage(asker) && parents.has(asker.id)) asker = nodes.get(parents.get(asker.id)!)!;
    const responsible = isOfPackage(asker) ? asker : own;
    add(byPackage, packageOf(responsible), profile.timeDeltas[index]!);
    add(byFunction, nameOf(responsible), profile.timeDeltas[index]!);
  }
  return `${table('package', byPackage, requests)}\n\n${table('function', byFunction, requests)}`;
}

function add(times: Map<string, number>, name: string, microseconds: number): void {
  times.set(name, (times.get(name) ?? 0) + microseconds);
}

function table(header: string, times: ReadonlyMap<string, number>, requests: number): string {
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  const most = [...times].toSorted(([, one], [, other]) => other - one).slice(0, MOST);
  const rows = [['all', all] as const, ...most];
  return markdownTable(
    [header, 'µs'],
    rows.map(([name, time]) => [name, (time / requests).toFixed(1)]),
  );
}

function isOfPackage({ callFrame: { url } }: ProfileNode): boolean {
  return url !== '' && !url.startsWith('node:');
}

function packageOf({ callFrame: { url, functionName } }: ProfileNode): string {
  if (url === '') return functionName;
  if (url.startsWith('node:')) return 'node';
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return name ?? 'the application';
}

function nameOf({ callFrame: { url, functionName, lineNumber } }: ProfileNode): string {
  const file = url.replace(/.*\/(?:node_modules|bench\/dist)\//, '');
  return `${functionName || '(anonymous)'} ${file && `${file}:${lineNumber + 1}`}`;
}
