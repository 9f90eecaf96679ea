import type { Sample } from '../measure/contestant.js';
import { lowerQuartile, type Spread, spreadOf } from './statistics.js';
import type { Cell } from './results.js';

/** How two subjects compare: above 1 the first is the better one. */
export interface Ratio {
  readonly cpu: number;
  readonly throughput: number;
  /** Of the CPU time in rounds that were taken one right after the other. */
  readonly cpuByRound: Spread;
}

export function ratioOf(subject: Cell, reference: Cell): Ratio {
  const pairs = subject.samples.map((sample, round) => [sample, reference.samples[round]!] as const);
  return {
    cpu: cpuOf(reference.samples) / cpuOf(subject.samples),
    throughput: requestRate(subject.samples) / requestRate(reference.samples),
    cpuByRound: spreadOf(pairs.map(([own, other]) => other.cpu / own.cpu)),
  };
}

/** Microseconds of CPU time for a request. */
export function cpuOf(samples: readonly Sample[]): number {
  return lowerQuartile(samples.map(({ cpu }) => cpu));
}

/** Requests a second. */
export function requestRate(samples: readonly Sample[]): number {
  return 1 / lowerQuartile(samples.map(({ requests, seconds }) => seconds / requests));
}
