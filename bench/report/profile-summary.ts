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
}

const MOST = 25;
/** What V8 calls it when nothing runs. */
const IDLE = '(idle)';

/** The functions that took the most time themselves, in microseconds for one request, and the same by place. */
export async function profileSummary(path: string, requests: number): Promise<string> {
  const profile: CpuProfile = JSON.parse(await readFile(path, 'utf8'));
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const byFunction = new Map<string, number>();
  const byPlace = new Map<string, number>();
  for (const [index, id] of profile.samples.entries()) {
    const { callFrame } = nodes.get(id)!;
    if (callFrame.functionName === IDLE) continue;
    const microseconds = profile.timeDeltas[index]!;
    const place = placeOf(callFrame.url);
    const name = `${callFrame.functionName || '(anonymous)'} ${fileOf(callFrame)}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + microseconds);
    byPlace.set(place, (byPlace.get(place) ?? 0) + microseconds);
  }
  const table = (header: string, times: Map<string, number>): string =>
    markdownTable(
      [header, 'µs'],
      [...times]
        .sort(([, a], [, b]) => b - a)
        .slice(0, MOST)
        .map(([name, time]) => [name, (time / requests).toFixed(1)]),
    );
  return `${table('place', byPlace)}\n\n${table('function', byFunction)}`;
}

/** The package that a file belongs to. */
function placeOf(url: string): string {
  if (url === '') return '(V8)';
  if (url.startsWith('node:')) return 'node';
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return name ?? 'the application';
}

function fileOf({ url, lineNumber }: ProfileNode['callFrame']): string {
  return url && `${url.replace(/.*\/node_modules\//, '').replace(/.*\/bench\/dist\//, '')}:${lineNumber + 1}`;
}
