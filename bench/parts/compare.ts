import { clientCeiling } from '../client/ceiling.js';
import { contest } from '../measure/contest.js';
import type { Contestant, Sample } from '../measure/contestant.js';
import { startServers } from '../measure/servers.js';
import type { Options } from '../options.js';
import { compareReport, scenarioTable, titleOf } from '../report/compare-report.js';
import { type Cell, type CompareResults, saveResults } from '../report/results.js';
import { seededRandom } from '../seeded-random.js';
import type { Stores } from '../stores/stores.js';
import type { Adapter, Subject } from '../subjects/catalogue.js';
import { beginRun } from './begin-run.js';
import { comparisonPlan, type ComparisonPlan, type Match } from './comparison-plan.js';

/** Every subject at every work: throughput, CPU time and allocations for one request. */
export async function compare(options: Options, stores: Stores): Promise<CompareResults> {
  const plan = comparisonPlan(options);
  const { casts, rounds, rows } = plan;
  const run = beginRun(options, stores, { casts, rounds, secondsPerRound: Number(plan.seconds.toFixed(2)), rows });
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
  const random = seededRandom(options.seed);
  const samples = new Map<Match, Samples>(matches.map((match) => [match, new Map()]));
  for (let cast = 1; cast <= plan.casts; cast++) {
    const playing = matches.filter(({ casts }) => cast <= casts);
    const subjects = [...new Set(playing.flatMap((match) => match.subjects))];
    const contestants = await startServers(subjects, adapter, stores.places);
    try {
      for (const match of playing) {
        const players = contestants.filter(({ subject }) => match.subjects.includes(subject));
        collect(samples.get(match)!, await contest(players, match.scenario, { ...plan, rounds: match.rounds, random }));
        if (cast === match.casts) console.log(`\n${describe(match, samples.get(match)!)}`);
        await stores.clear();
      }
    } finally {
      await Promise.all(contestants.map((contestant) => contestant.stop()));
    }
  }
  return matches.flatMap((match) => cellsOf(match, samples.get(match)!));
}

type Samples = Map<Subject, Sample[]>;

function collect(samples: Samples, found: ReadonlyMap<Contestant, readonly Sample[]>): void {
  for (const [{ subject }, own] of found) samples.set(subject, [...(samples.get(subject) ?? []), ...own]);
}

function cellsOf({ adapter, scenario }: Match, samples: Samples): Cell[] {
  return Array.from(samples, ([subject, own]) => ({ adapter, subject: subject.id, ...scenario, samples: own }));
}

function describe(match: Match, samples: Samples): string {
  const cells = cellsOf(match, samples);
  return `${titleOf(cells[0]!)}\n\n${scenarioTable(cells)}`;
}
