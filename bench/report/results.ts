import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { Sample, Scenario } from '../measure/contestant.js';
import type { Adapter, Work } from '../subjects/catalogue.js';
import type { Machine } from './machine.js';
import type { ProfileSummary } from './profile-summary.js';

/** How a part was run, so that it can be run again. */
export interface Run {
  readonly date: string;
  readonly machine: Machine;
  readonly seed: number;
  /** In how many processes each subject ran where there are targets, where it was not one. */
  readonly casts?: number;
  readonly rounds: number;
  /** Where rounds are measured by load. */
  readonly secondsPerRound?: number;
  /** Sessions of other users in the stores. */
  readonly rows?: number;
}

/** One subject at one work. */
export interface Cell extends Scenario {
  readonly adapter: Adapter;
  readonly subject: string;
  /** One for each round; those at the same place in two cells of a scenario were taken one right after the other. */
  readonly samples: readonly Sample[];
}

export interface CompareResults {
  readonly run: Run;
  /** Requests a second that the client makes of a server which does nothing, at 16 connections. */
  readonly clientCeiling: number;
  readonly cells: readonly Cell[];
}

export interface CostsResults {
  readonly run: Run;
  readonly roundTrips: readonly RoundTrips[];
  readonly starts: readonly StartTimes[];
  readonly imports: readonly ImportTimes[];
}

/** What one request asks of the store; of files and SQLite, which are no servers, how many calls it makes. */
export interface RoundTrips {
  readonly adapter: Adapter;
  readonly subject: string;
  readonly unit: 'round trips' | 'statements' | 'calls';
  readonly perWork: Readonly<Record<string, number>>;
}

/** Milliseconds until an application listens, on the clock and of the processor; each of several starts. */
export interface StartTimes {
  readonly adapter: Adapter;
  readonly subject: string;
  readonly milliseconds: readonly number[];
  readonly cpu: readonly number[];
}

/** Milliseconds to import packages into a process that has Nest already. */
export interface ImportTimes {
  readonly packages: readonly string[];
  readonly milliseconds: readonly number[];
}

export interface GrowthResults {
  readonly run: Run;
  readonly points: readonly GrowthPoint[];
}

/** One subject at one work, at one place of a curve. */
export interface GrowthPoint {
  readonly curve: string;
  readonly work: Work;
  readonly subject: string;
  readonly value: number;
  readonly samples: readonly Sample[];
}

export interface ProfilesResults {
  readonly run: Run;
  readonly profiles: readonly Profile[];
}

/** Where the time of one subject at one work went. */
export interface Profile extends ProfileSummary {
  readonly adapter: Adapter;
  readonly work: Work;
  readonly subject: string;
}

const FOLDER = new URL('../../results/', import.meta.url);

/** Where a file of the results is, in bench/results. */
export function resultsPath(name: string): URL {
  return new URL(name, FOLDER);
}

export async function saveResults(name: string, content: string | object): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  await writeFile(resultsPath(name), typeof content === 'string' ? content : `${JSON.stringify(content)}\n`);
}

export async function readResults<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(resultsPath(name), 'utf8'));
}
