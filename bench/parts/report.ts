import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { comparisonChart, growthChart } from '../report/charts.js';
import { compareReport, targetTable } from '../report/compare-report.js';
import { costsReport, importTable, roundTripTable, startTable } from '../report/costs-report.js';
import { describeRun } from '../report/describe-run.js';
import { growthReport, isShared, plotsOf } from '../report/growth-report.js';
import { type CompareResults, type CostsResults, type GrowthResults, readResults } from '../report/results.js';

const DOCS = new URL('../../../docs/', import.meta.url);
const PAGE = new URL('performance.md', DOCS);
const FOLDER = new URL('performance/', DOCS);

/** Writes what the other parts have found into docs/performance.md, and the files that it shows, beside it. */
export async function report(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const compared = await found<CompareResults>('compare.json');
  const costs = await found<CostsResults>('costs.json');
  const grown = await found<GrowthResults>('growth.json');
  if (compared) await reportComparison(compared);
  if (costs) await reportCosts(costs);
  if (grown) await reportGrowth(grown);
}

async function reportComparison(results: CompareResults): Promise<void> {
  await fillIn('run', describeRun(results.run));
  await fillIn('targets', targetTable(results.cells));
  await save('compare.md', `${compareReport(results)}\n`);
  await save('compare.svg', comparisonChart(results.cells));
}

async function reportCosts(results: CostsResults): Promise<void> {
  await fillIn('round-trips', roundTripTable(results));
  if (results.starts.length > 0) await fillIn('starts', startTable(results));
  if (results.imports.length > 0) await fillIn('imports', importTable(results));
  await save('costs.md', `${costsReport(results)}\n`);
}

async function reportGrowth(results: GrowthResults): Promise<void> {
  await fillIn('growth-run', describeRun(results.run));
  for (const plot of plotsOf(results)) {
    await save(`${plot.name}.svg`, growthChart(plot, 'cpu'));
    if (plot.points.some(isShared)) await save(`${plot.name}-kept.svg`, growthChart(plot, 'kept'));
  }
  await save('growth.md', `${growthReport(results)}\n`);
}

/** Undefined where a part was not run. */
async function found<T>(name: string): Promise<T | undefined> {
  return readResults<T>(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function save(name: string, content: string): Promise<void> {
  return writeFile(new URL(name, FOLDER), content);
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
