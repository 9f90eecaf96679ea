import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ServerProcess } from '../measure/server-process.js';
import type { ImportTimes, StartTimes } from '../report/results.js';
import { shuffled } from '../seeded-random.js';
import type { Stores } from '../stores/stores.js';
import type { Adapter, Subject } from '../subjects/catalogue.js';

const run = promisify(execFile);
const IMPORT_TIME = fileURLToPath(new URL('../measure/import-time.js', import.meta.url));

/** What an application imports for sessions, less the driver of its store, which it has anyway. */
const PACKAGES: readonly (readonly string[])[] = [
  [],
  ['nest-sessions'],
  ['express-session', 'connect-redis'],
  ['express-session', 'connect-pg-simple'],
  ['express-session', 'session-file-store'],
  ['cookie-session'],
  ['iron-session'],
  ['@fastify/cookie', '@fastify/session'],
  ['@fastify/secure-session'],
];

/** Starts the application of each subject several times, in turns. */
export async function measureStarts(
  subjects: readonly Subject[],
  adapter: Adapter,
  { places }: Stores,
  { rounds, random }: { rounds: number; random: () => number },
): Promise<StartTimes[]> {
  const times = subjects.map(({ id }) => ({ adapter, subject: id, milliseconds: [] as number[], cpu: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const subject of shuffled(subjects, random)) {
      const { id, store } = subject;
      const shape = { size: 200, keys: 2 };
      const server = await ServerProcess.start({ id, store, adapter, places, shape, isCounted: false });
      const time = times[subjects.indexOf(subject)]!;
      time.milliseconds.push(server.start.milliseconds);
      time.cpu.push(server.start.cpu);
      await server.stop();
    }
  }
  return times;
}

/** Imports each package in new processes, in turns. */
export async function measureImports(rounds: number, random: () => number): Promise<ImportTimes[]> {
  const times = PACKAGES.map((packages) => ({ packages, milliseconds: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const { packages, milliseconds } of shuffled(times, random)) {
      const { stdout } = await run(process.execPath, [IMPORT_TIME, ...packages]);
      milliseconds.push(Number(stdout));
    }
  }
  return times;
}
