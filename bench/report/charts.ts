import { type Store, subjectOf } from '../subjects/catalogue.js';
import { barChart } from './bar-chart.js';
import { isBase } from './compare-report.js';
import { keptOf, type Plot } from './growth-report.js';
import { lineChart, type Series } from './line-chart.js';
import { cpuOf } from './ratio.js';
import type { Cell } from './results.js';

const STORES: Partial<Record<Store, string>> = {
  redis: 'Redis',
  postgres: 'PostgreSQL',
  file: 'Files',
  signed: 'Signed cookie',
  encrypted: 'Encrypted cookie',
};

/** In the order of the colours. */
const KINDS = ['nest-sessions', 'peer', 'by-hand'] as const;

const TITLES = {
  untouched: 'What a session costs that a request brings along and does not use',
  write: 'What it costs to load a session, change it and store it',
} as const;

/** What one kind of request costs on Express, by the place where sessions are kept. */
export function comparisonChart(cells: readonly Cell[], work: keyof typeof TITLES): string {
  const base = cells.filter((cell) => cell.adapter === 'express' && cell.work === work && isBase(cell));
  const groups = Object.entries(STORES).flatMap(([store, title]) => {
    const own = base.filter(({ subject }) => subjectOf(subject).store === store);
    const bars = own
      .map(({ subject, samples }) => ({
        label: kindOf(subject) === 'peer' ? subjectOf(subject).label : kindOf(subject).replace('by-hand', 'by hand'),
        value: cpuOf(samples),
        colour: KINDS.indexOf(kindOf(subject)),
      }))
      .toSorted((a, b) => a.value - b.value);
    return bars.length > 0 ? [{ title, bars }] : [];
  });
  return barChart({
    title: TITLES[work],
    subtitle: "Microseconds of the server's CPU time for a whole request, Nest on Express; less is better",
    groups,
  });
}

/** A plot of CPU time, or of what is kept of a session that many change at a time. */
export function growthChart({ title, axis, points }: Plot, what: 'cpu' | 'kept'): string {
  const subjects = [...new Set(points.map(({ subject }) => subject))];
  return lineChart({
    title: what === 'cpu' ? `CPU time of a ${title}` : 'Share of changes that are not lost',
    xAxis: axis,
    yAxis: what === 'cpu' ? 'microseconds for a request' : 'percent',
    series: subjects.map((subject) => ({
      label: shortLabel(subject),
      ...looksOf(subject),
      points: points
        .filter((point) => point.subject === subject)
        .map((point) => [point.value, what === 'cpu' ? cpuOf(point.samples) : Math.max(1, keptOf(point) * 100)]),
    })),
  });
}

/** Colours tell stores apart, strokes who uses them. */
function looksOf(subject: string): Pick<Series, 'colour' | 'stroke'> {
  const colour = ['redis', 'postgres', 'file', 'sqlite'].indexOf(subjectOf(subject).store);
  const strokes = { 'nest-sessions': '', peer: 'dotted', 'by-hand': 'dashed' } as const;
  return { colour: Math.max(0, colour), stroke: strokes[kindOf(subject)] };
}

function kindOf(subject: string): (typeof KINDS)[number] {
  return KINDS.find((kind) => subject.startsWith(`${kind}/`)) ?? 'peer';
}

function shortLabel(subject: string): string {
  const { label } = subjectOf(subject);
  return kindOf(subject) === 'peer' ? label.replace('express-session, ', '') : label;
}
