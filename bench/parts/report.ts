import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { comparisonChart, growthChart } from '../report/charts.js';
import { compareReport, targetTable } from '../report/compare-report.js';
import { importTable, roundTripTable, startTable } from '../report/costs-report.js';
import { describeRun } from '../report/describe-run.js';
import { growthReport, isShared, plotsOf } from '../report/growth-report.js';
import { profilesReport, profileTable } from '../report/profiles-report.js';
import {
  type CompareResults,
  type CostsResults,
  type GrowthResults,
  type Profile,
  type ProfilesResults,
  readResults,
} from '../report/results.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const PAGE = new URL('performance.md', DOCS);
const CHARTS = new URL('performance/', DOCS);
const TABLES = new URL('../../tables/', import.meta.url);

/** Writes what the other parts have found into docs/performance.md, its charts beside it, and all tables to bench/tables. */
export async function report(): Promise<void> {
  for (const folder of [CHARTS, TABLES]) await mkdir(folder, { recursive: true });
  const compared = await found<CompareResults>('compare.json');
  const costs = await found<CostsResults>('costs.json');
  const profiled = await found<ProfilesResults>('profiles.json');
  const grown = await found<GrowthResults>('growth.json');
  if (compared) await reportComparison(compared);
  if (costs) await reportCosts(costs);
  if (profiled) await reportProfiles(profiled);
  if (grown) await reportGrowth(grown);
}

async function reportComparison(results: CompareResults): Promise<void> {
  await fillIn('run', describeRun(results.run));
  await fillIn('targets', targetTable(results.cells));
  await writeFile(new URL('compare.md', TABLES), `${compareReport(results)}\n`);
  for (const work of ['untouched', 'write'] as const) {
    await saveChart(`compare-${work}.svg`, comparisonChart(results.cells, work));
  }
}

async function reportCosts(results: CostsResults): Promise<void> {
  await fillIn('round-trips', roundTripTable(results));
  if (results.starts.length > 0) await fillIn('starts', startTable(results));
  if (results.imports.length > 0) await fillIn('imports', importTable(results));
}

async function reportProfiles(results: ProfilesResults): Promise<void> {
  await fillIn('profile-run', describeRun(results.run));
  await fillIn('profiles', profileTable(besideCodeByHand(results.profiles)));
  await writeFile(new URL('profiles.md', TABLES), `${profilesReport(results)}\n`);
}

/** What the page takes apart: on Express, where the targets beside code by hand are. */
function besideCodeByHand(profiles: readonly Profile[]): Profile[] {
  return profiles.filter(({ adapter, subject }) => adapter === 'express' && /^(by-hand|nest-sessions)\//.test(subject));
}

async function reportGrowth(results: GrowthResults): Promise<void> {
  await fillIn('growth-run', describeRun(results.run));
  for (const plot of plotsOf(results)) {
    await saveChart(`${plot.name}.svg`, growthChart(plot, 'cpu'));
    if (plot.points.some(isShared)) await saveChart(`${plot.name}-kept.svg`, growthChart(plot, 'kept'));
  }
  await writeFile(new URL('growth.md', TABLES), `${growthReport(results)}\n`);
}

/** Undefined where a part was not run. */
async function found<T>(name: string): Promise<T | undefined> {
  return readResults<T>(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function saveChart(name: string, content: string): Promise<void> {
  return writeFile(new URL(name, CHARTS), content);
}

/** Puts results between the marks of that name in the page. */
async function fillIn(name: string, content: string): Promise<void> {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const page = await readFile(PAGE, 'utf8');
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`docs/performance.md has no place for ${name}.`);
  await writeFile(PAGE, `${before}${begin}\n\n${content}\n\n${end}${after}`);
}
