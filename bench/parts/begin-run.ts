import type { Options } from '../options.js';
import { describeMachine } from '../report/machine.js';
import type { Run } from '../report/results.js';
import type { Stores } from '../stores/stores.js';

/** What is noted beside the results of a part. */
export function beginRun(
  { seed }: Options,
  stores: Stores,
  settings: Pick<Run, 'casts' | 'rounds' | 'secondsPerRound' | 'rows'>,
): Run {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(stores.versions),
    seed,
    ...settings,
  };
}
