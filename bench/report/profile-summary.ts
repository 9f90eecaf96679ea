import { readFile } from 'node:fs/promises';
import { type Part, PARTS, partOfPackage } from './profile-parts.js';

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

/** Where the time of a request went, in microseconds. */
export interface ProfileSummary {
  readonly all: number;
  readonly parts: Readonly<Record<Part, number>>;
  /** Name and time of the functions that took the most. */
  readonly functions: readonly (readonly [string, number])[];
}

interface Share {
  readonly part: Part;
  readonly name: string;
}

const MOST_FUNCTIONS = 12;
const IDLE = '(idle)';
/** Starts the profile, and is its first and longest sample. */
const PROFILER = /\/subjects\/cpu-profile\.js$/;
const COLLECTING = '(garbage collector)';
/** Where Node writes a response, whoever has asked for it: a session that holds the response back must not seem to. */
const RESPONSE = /^node:_http_(outgoing|server)$/;

/** Sums up a CPU profile of so many requests. What Node and V8 do counts for the package that has asked for it. */
export async function summarizeProfile(path: string, requests: number): Promise<ProfileSummary> {
  const profile: CpuProfile = JSON.parse(await readFile(path, 'utf8'));
  const shares = sharesOf(profile.nodes);
  const parts = Object.fromEntries(PARTS.map((part) => [part, 0])) as Record<Part, number>;
  const functions = new Map<string, number>();
  let all = 0;
  for (const [index, id] of profile.samples.entries()) {
    const share = shares.get(id);
    if (!share) continue;
    const time = profile.timeDeltas[index]! / requests;
    all += time;
    parts[share.part] += time;
    functions.set(share.name, (functions.get(share.name) ?? 0) + time);
  }
  const most = [...functions].toSorted(([, one], [, other]) => other - one).slice(0, MOST_FUNCTIONS);
  return { all, parts, functions: most };
}

/** For what each node of the tree of calls counts, unless nothing ran but the profiler. */
function sharesOf(nodes: readonly ProfileNode[]): Map<number, Share> {
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)));
  const shares = new Map<number, Share>();
  for (const node of nodes) {
    const { functionName, url } = node.callFrame;
    if (functionName === IDLE || PROFILER.test(url)) continue;
    if (functionName === COLLECTING) {
      shares.set(node.id, { part: 'garbage', name: functionName });
      continue;
    }
    const inside = parents.get(node.id);
    const outer = inside && shares.get(inside.id);
    if (RESPONSE.test(url)) shares.set(node.id, { part: 'response', name: nameOf(node) });
    else if (url !== '' && !url.startsWith('node:')) {
      shares.set(node.id, { part: partOfPackage(packageOf(url)), name: nameOf(node) });
    } else shares.set(node.id, outer && outer.part !== 'node' ? outer : { part: 'node', name: nameOf(node) });
  }
  return shares;
}

function packageOf(url: string): string | undefined {
  return /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
}

function nameOf({ callFrame: { url, functionName, lineNumber } }: ProfileNode): string {
  const file = url.replace(/.*\/(?:node_modules|bench\/dist)\//, '');
  return `${functionName || '(anonymous)'} ${file && `${file}:${lineNumber + 1}`}`.trim();
}
