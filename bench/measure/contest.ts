import { performance } from 'node:perf_hooks';
import type { Limit } from '../client/drive.js';
import { shuffled } from '../seeded-random.js';
import type { Contestant, Sample, Scenario } from './contestant.js';

export interface Rounds {
  readonly rounds: number;
  /** How long one round of one contestant lasts. */
  readonly seconds: number;
  readonly warmUp: Limit;
  /** Seconds for each contestant, after which no round begins any more; three there are in any case. */
  readonly patience: number;
  readonly random: () => number;
}

const FEWEST_ROUNDS = 3;

/**
 * Measures all contestants at the same work. They take turns round by round, in an order drawn anew for each round, so that
 * a machine that gets faster or slower meanwhile hits all alike: compare samples of the same round.
 */
export async function contest(
  contestants: readonly Contestant[],
  scenario: Scenario,
  { rounds, seconds, warmUp, patience, random }: Rounds,
): Promise<ReadonlyMap<Contestant, readonly Sample[]>> {
  const end = performance.now() + contestants.length * patience * 1000;
  for (const contestant of contestants) await contestant.prepare(scenario, warmUp);
  const samples = new Map<Contestant, Sample[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 0; round < rounds; round++) {
    if (round >= FEWEST_ROUNDS && performance.now() > end) break;
    for (const contestant of shuffled(contestants, random)) {
      samples.get(contestant)!.push(await contestant.measure(seconds));
    }
  }
  return samples;
}
