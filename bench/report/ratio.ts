import type { Sample } from '../measure/contestant.js';
import { type Spread, spreadOf } from './statistics.js';
import type { Cell } from './results.js';

/** How two subjects compare, taken round by round: above 1 the first is the better one. */
export interface Ratio {
  readonly cpu: Spread;
  readonly throughput: Spread;
}

export function ratioOf(subject: Cell, reference: Cell): Ratio {
  const pairs = subject.samples.map((sample, round) => [sample, reference.samples[round]!] as const);
  return {
    cpu: spreadOf(pairs.map(([own, other]) => other.cpu / own.cpu)),
    throughput: spreadOf(pairs.map(([own, other]) => requestRate(own) / requestRate(other))),
  };
}

export function requestRate({ requests, seconds }: Sample): number {
  return requests / seconds;
}
