import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Contestant } from '../measure/contestant.js';
import { startServers } from '../measure/servers.js';
import type { Options } from '../options.js';
import { type ProfileSummary, summarizeProfile } from '../report/profile-summary.js';
import { profilesReport } from '../report/profiles-report.js';
import { type Profile, type ProfilesResults, resultsPath, saveResults } from '../report/results.js';
import { seededRandom, shuffled } from '../seeded-random.js';
import type { Stores } from '../stores/stores.js';
import type { Adapter, Work } from '../subjects/catalogue.js';
import { beginRun } from './begin-run.js';

const SHAPE = { size: 200, keys: 2, connections: 16 };
const WARM_UP = { requests: 12_000, seconds: 2 };

/** Where the time of a request goes, by CPU profiles, which stay in bench/results/profiles. */
export async function profiles(options: Options, stores: Stores): Promise<ProfilesResults> {
  const { rounds = 3, seconds = 1.5, rows = 100_000 } = options;
  const run = beginRun(options, stores, { rounds, secondsPerRound: seconds, rows });
  const random = seededRandom(options.seed);
  await stores.fill(rows);
  await mkdir(resultsPath('profiles/'), { recursive: true });
  const found: Profile[] = [];
  for (const adapter of options.adapters) {
    const subjects = options.subjects.filter(({ adapters }) => adapters.includes(adapter));
    const contestants = await startServers(subjects, adapter, stores.places);
    try {
      for (const work of options.works) {
        const players = contestants.filter(({ subject }) => subject.works.includes(work));
        for (const player of players) await player.prepare({ ...SHAPE, work }, WARM_UP);
        const summaries = new Map<Contestant, ProfileSummary>();
        for (let round = 0; round < rounds; round++) {
          for (const player of shuffled(players, random)) {
            keepLesser(summaries, player, await profileOf(player, adapter, work, seconds));
          }
        }
        for (const player of players) {
          found.push({ adapter, work, subject: player.subject.id, ...summaries.get(player)! });
        }
        await stores.clear();
      }
    } finally {
      await Promise.all(contestants.map((contestant) => contestant.stop()));
    }
  }
  const results = { run, profiles: found };
  const report = profilesReport(results);
  console.log(`\n${report}`);
  await saveResults('profiles.json', results);
  await saveResults('profiles.md', `${report}\n`);
  return results;
}

async function profileOf(
  contestant: Contestant,
  adapter: Adapter,
  work: Work,
  seconds: number,
): Promise<ProfileSummary> {
  const name = `${adapter}-${work}-${contestant.subject.id.replace('/', '-')}.cpuprofile`;
  const path = fileURLToPath(resultsPath(`profiles/${name}`));
  return summarizeProfile(path, await contestant.profile(path, seconds));
}

/** What else runs on the machine only ever adds to a time. */
function keepLesser(summaries: Map<Contestant, ProfileSummary>, contestant: Contestant, summary: ProfileSummary): void {
  const known = summaries.get(contestant);
  if (!known || summary.all < known.all) summaries.set(contestant, summary);
}
