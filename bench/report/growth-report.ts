import { CURVES } from '../parts/growth-curves.js';
import { subjectOf, type Work } from '../subjects/catalogue.js';
import { describeRun } from './describe-run.js';
import { markdownTable } from './markdown-table.js';
import { cpuOf } from './ratio.js';
import type { GrowthPoint, GrowthResults } from './results.js';
import { median } from './statistics.js';

export function growthReport(results: GrowthResults): string {
  return [
    '# What grows',
    describeRun(results.run),
    ...plotsOf(results).flatMap(({ title, points }) => [
      `## ${title}`,
      growthTable(points, 'CPU µs', ({ samples }) => cpuOf(samples).toFixed(0)),
      ...(points.some(isShared) ? [growthTable(points, '% kept', (point) => (keptOf(point) * 100).toFixed(0))] : []),
    ]),
  ].join('\n\n');
}

/** The points of one curve at one work: what one plot shows. */
export interface Plot {
  readonly name: string;
  readonly title: string;
  readonly axis: string;
  readonly work: Work;
  readonly points: readonly GrowthPoint[];
}

export function plotsOf({ points }: GrowthResults): Plot[] {
  return CURVES.flatMap(({ name, axis, works }) =>
    works.flatMap((work) => {
      const own = points.filter((point) => point.curve === name && point.work === work);
      return own.length > 0 ? [{ name: `${name}-${work}`, title: `${work}, by ${axis}`, axis, work, points: own }] : [];
    }),
  );
}

/** The share of changes of a shared session that were not lost. */
export function keptOf({ samples }: GrowthPoint): number {
  return median(samples.map(({ kept = 1 }) => kept));
}

export function isShared({ samples }: GrowthPoint): boolean {
  return samples.some(({ kept }) => kept !== undefined);
}

function growthTable(points: readonly GrowthPoint[], unit: string, show: (point: GrowthPoint) => string): string {
  const values = [...new Set(points.map(({ value }) => value))];
  const subjects = [...new Set(points.map(({ subject }) => subject))];
  const rows = subjects.map((subject) => [
    subjectOf(subject).label,
    ...values.map((value) => {
      const point = points.find((point) => point.subject === subject && point.value === value);
      return point ? show(point) : '';
    }),
  ]);
  return markdownTable([unit, ...values.map(String)], rows);
}
