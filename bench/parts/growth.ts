import { contest } from '../measure/contest.js';
import type { Sample, Scenario } from '../measure/contestant.js';
import { startServers } from '../measure/servers.js';
import type { Options } from '../options.js';
import { growthReport } from '../report/growth-report.js';
import { type GrowthPoint, type GrowthResults, saveResults } from '../report/results.js';
import { seededRandom } from '../seeded-random.js';
import { MOST_FILES } from '../stores/file.store.js';
import type { Stores } from '../stores/stores.js';
import type { Work } from '../subjects/catalogue.js';
import { beginRun } from './begin-run.js';
import { type Curve, CURVES } from './growth-curves.js';

const BASE = { size: 200, keys: 2, connections: 16 };
const ADAPTER = 'express';

/** What a request costs as sessions, stores, writers and processes grow. */
export async function growth(options: Options, stores: Stores): Promise<GrowthResults> {
  const { rounds = 6, seconds = 0.25 } = options;
  const settings = {
    rounds,
    seconds,
    warmUp: { requests: 4000, seconds: 4 * seconds },
    patience: Number.POSITIVE_INFINITY,
    random: seededRandom(options.seed),
  };
  const run = beginRun(options, stores, { rounds, secondsPerRound: seconds });
  const points: GrowthPoint[] = [];
  for (const curve of CURVES) {
    for (const value of curve.values) {
      for (const [work, subject, samples] of await measureAt(curve, value, options, stores, settings)) {
        points.push({ curve: curve.name, work, subject, value, samples });
      }
      console.log(`${curve.name}: ${value} ${curve.axis}`);
    }
  }
  const results = { run, points };
  await saveResults('growth.json', results);
  await saveResults('growth.md', `${growthReport(results)}\n`);
  return results;
}

async function measureAt(
  { at, subjects: names, works }: Curve,
  value: number,
  { subjects: wanted, works: wantedWorks }: Options,
  stores: Stores,
  settings: Parameters<typeof contest>[2],
): Promise<[Work, string, readonly Sample[]][]> {
  const { rows = 0, processes = 1, ...difference } = at(value);
  const subjects = wanted.filter(({ id, store }) => names.includes(id) && !(store === 'file' && rows > MOST_FILES));
  await stores.fill(rows);
  const contestants = await startServers(subjects, ADAPTER, stores.places, { processes });
  const measured: [Work, string, readonly Sample[]][] = [];
  try {
    for (const work of works.filter((work) => wantedWorks.includes(work))) {
      const scenario: Scenario = { ...BASE, ...difference, work };
      for (const [{ subject }, samples] of await contest(contestants, scenario, settings)) {
        measured.push([work, subject.id, samples]);
      }
      await stores.clear();
    }
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
  return measured;
}
