import { performance } from 'node:perf_hooks';
import type { Work } from '../subjects/catalogue.js';
import type { Visitor } from './visitor.js';

/** Whichever is reached first. */
export interface Limit {
  readonly seconds: number;
  readonly requests?: number;
}

export interface Drive {
  readonly requests: number;
  readonly seconds: number;
  /** How much of a core the client took, from 0 to 1. Near 1 it is the client that was measured. */
  readonly clientShare: number;
}

/** Lets all visitors work without a pause, each waiting for its answers. */
export async function drive(
  visitors: readonly Visitor[],
  work: Work,
  { seconds, requests: most = Number.POSITIVE_INFINITY }: Limit,
): Promise<Drive> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const end = start + seconds * 1000;
  let requests = 0;
  const keepWorking = async (visitor: Visitor): Promise<void> => {
    while (requests < most && performance.now() < end) {
      requests++;
      await visitor.visit(work);
    }
  };
  await Promise.all(visitors.map(keepWorking));
  const elapsed = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { requests, seconds: elapsed, clientShare: (user + system) / 1e6 / elapsed };
}
