import type { Options } from '../options.js';
import { costsReport } from '../report/costs-report.js';
import { type CostsResults, type RoundTrips, saveResults, type StartTimes } from '../report/results.js';
import { seededRandom } from '../seeded-random.js';
import type { Stores } from '../stores/stores.js';
import type { Subject } from '../subjects/catalogue.js';
import { beginRun } from './begin-run.js';
import { countRoundTrips } from './round-trips.js';
import { measureImports, measureStarts } from './starts.js';

/** What is not measured by load: round trips to the store for each request, and the time to start and to import. */
export async function costs(options: Options, stores: Stores): Promise<CostsResults> {
  const rounds = options.rounds ?? 9;
  const run = beginRun(options, stores, { rounds });
  const random = seededRandom(options.seed);
  const roundTrips: RoundTrips[] = [];
  const starts: StartTimes[] = [];
  for (const adapter of options.adapters) {
    const subjects = options.subjects.filter(({ id, adapters }) => {
      return adapters.includes(adapter) && !(options.quick && id.startsWith('by-hand/'));
    });
    roundTrips.push(...(await countRoundTrips(subjects.filter(hasStore), options.works, adapter, stores)));
    if (!options.quick) starts.push(...(await measureStarts(subjects, adapter, stores, { rounds, random })));
  }
  const imports = options.quick ? [] : await measureImports(rounds, random);
  const results = { run, roundTrips, starts, imports };
  const report = costsReport(results);
  console.log(`\n${report}`);
  await saveResults('costs.json', results);
  await saveResults('costs.md', `${report}\n`);
  return results;
}

/** Whether a subject keeps sessions anywhere but in its own memory and in cookies. */
function hasStore({ store }: Subject): boolean {
  return !['none', 'memory', 'signed', 'encrypted'].includes(store);
}
