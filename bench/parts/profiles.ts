import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Contestant } from '../measure/contestant.js';
import { profileSummary } from '../report/profile-summary.js';
import { resultsPath } from '../report/results.js';
import type { Match } from './comparison-plan.js';

const SECONDS = 3;

/** Lets each contestant work once more under the profiler, and says where its time went. */
export async function saveProfiles({ adapter, scenario }: Match, contestants: readonly Contestant[]): Promise<void> {
  const folder = resultsPath('profiles/');
  await mkdir(folder, { recursive: true });
  for (const contestant of contestants) {
    const name = `${adapter}-${contestant.subject.id.replace('/', '-')}-${scenario.work}`;
    const path = fileURLToPath(new URL(`${name}.cpuprofile`, folder));
    const requests = await contestant.profile(path, SECONDS);
    console.log(`\n${name}, microseconds for a request\n\n${await profileSummary(path, requests)}`);
  }
}
