import type { Run } from './results.js';

/** The machine, the versions and the settings of a run, as text. */
export function describeRun({ date, machine, seed, casts = 1, rounds, secondsPerRound, rows }: Run): string {
  const { processor, cores, memoryGigabytes, system, load, versions } = machine;
  const installed = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const settings = [
    ...(casts > 1 ? [`${casts} processes of each subject where there is a target`] : []),
    secondsPerRound ? `${rounds} rounds of ${secondsPerRound} s for each process` : `${rounds} rounds`,
    ...(rows ? [`${rows} other sessions in the stores`] : []),
    `seed ${seed}`,
  ];
  return [
    `- ${date}, ${processor}, ${cores} cores, ${memoryGigabytes} GB, ${system}, load ${load} at the start`,
    `- ${settings.join(', ')}`,
    `- ${installed.join(', ')}`,
  ].join('\n');
}
