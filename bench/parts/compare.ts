import { clientCeiling } from '../client/ceiling.js';
import { contest, type Rounds } from '../measure/contest.js';
import type { Contestant } from '../measure/contestant.js';
import { startServers } from '../measure/servers.js';
import type { Options } from '../options.js';
import { compareReport, scenarioTable, titleOf } from '../report/compare-report.js';
import { type Cell, type CompareResults, saveResults } from '../report/results.js';
import { seededRandom } from '../seeded-random.js';
import type { Stores } from '../stores/stores.js';
import type { Adapter } from '../subjects/catalogue.js';
import { beginRun } from './begin-run.js';
import { comparisonPlan, type ComparisonPlan, type Match } from './comparison-plan.js';
import { saveProfiles } from './profiles.js';

/** Every subject at every work: throughput, CPU time and allocations for one request. */
export async function compare(options: Options, stores: Stores): Promise<CompareResults> {
  const plan = comparisonPlan(options);
  const { rounds, rows } = plan;
  const run = beginRun(options, stores, { rounds, secondsPerRound: Number(plan.seconds.toFixed(2)), rows });
  await stores.fill(rows);
  const ceiling = await clientCeiling();
  const cells: Cell[] = [];
  for (const adapter of options.adapters) cells.push(...(await compareOn(adapter, plan, options, stores)));
  const results = { run, clientCeiling: ceiling, cells };
  await saveResults('compare.json', results);
  await saveResults('compare.md', `${compareReport(results)}\n`);
  return results;
}

async function compareOn(adapter: Adapter, plan: ComparisonPlan, options: Options, stores: Stores): Promise<Cell[]> {
  const matches = plan.matches.filter((match) => match.adapter === adapter);
  const subjects = [...new Set(matches.flatMap((match) => match.subjects))];
  const random = seededRandom(options.seed);
  const contestants = await startServers(subjects, adapter, stores.places);
  const cells: Cell[] = [];
  try {
    for (const match of matches) {
      const players = contestants.filter(({ subject }) => match.subjects.includes(subject));
      cells.push(...(await play(match, players, { ...plan, rounds: match.rounds, random })));
      if (options.profile) await saveProfiles(match, players);
      await stores.clear();
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
  return cells;
}

async function play({ adapter, scenario }: Match, contestants: readonly Contestant[], rounds: Rounds): Promise<Cell[]> {
  const samples = await contest(contestants, scenario, rounds);
  const cells = [...samples].map(([{ subject }, own]) => ({ adapter, subject: subject.id, ...scenario, samples: own }));
  console.log(`\n${titleOf(cells[0]!)}\n\n${scenarioTable(cells)}`);
  return cells;
}
