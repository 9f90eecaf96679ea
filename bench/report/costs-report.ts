import { subjectOf, WORKS } from '../subjects/catalogue.js';
import { describeRun } from './describe-run.js';
import { markdownTable } from './markdown-table.js';
import type { CostsResults } from './results.js';
import { median } from './statistics.js';

export function costsReport(results: CostsResults): string {
  return [
    '# What a request asks of the store, and what it takes to start',
    describeRun(results.run),
    '## The store',
    roundTripTable(results),
    ...(results.starts.length > 0 ? ['## Start', startTable(results)] : []),
    ...(results.imports.length > 0 ? ['## Import', importTable(results)] : []),
  ].join('\n\n');
}

export function roundTripTable({ roundTrips }: CostsResults): string {
  const rows = roundTrips.map(({ adapter, subject, unit, perWork }) => [
    adapter,
    subjectOf(subject).label,
    unit,
    ...WORKS.map((work) => (perWork[work] === undefined ? '' : String(perWork[work]))),
  ]);
  return markdownTable(['on', 'subject', 'counted', ...WORKS], rows);
}

export function startTable({ starts }: CostsResults): string {
  const rows = starts.map(({ adapter, subject, milliseconds, cpu }) => [
    adapter,
    subjectOf(subject).label,
    median(milliseconds).toFixed(0),
    median(cpu).toFixed(0),
  ]);
  return markdownTable(['on', 'subject', 'ms until it listens', 'CPU ms'], rows);
}

/** Less what it takes to import nothing. */
export function importTable({ imports }: CostsResults): string {
  const nothing = median(imports.find(({ packages }) => packages.length === 0)?.milliseconds ?? [0]);
  const rows = imports
    .filter(({ packages }) => packages.length > 0)
    .map(({ packages, milliseconds }) => [packages.join(', '), (median(milliseconds) - nothing).toFixed(1)]);
  return markdownTable(['packages', 'ms'], rows);
}
