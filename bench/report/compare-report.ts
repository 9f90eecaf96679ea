import { subjectOf } from '../subjects/catalogue.js';
import { describeRun } from './describe-run.js';
import { markdownTable } from './markdown-table.js';
import { cpuOf, ratioOf, requestRate } from './ratio.js';
import type { Cell, CompareResults } from './results.js';
import { median } from './statistics.js';
import { TARGETS } from './targets.js';

/** All that a comparison has shown. */
export function compareReport(results: CompareResults): string {
  return [
    '# Side by side',
    describeRun(results.run),
    `The client makes ${Math.round(results.clientCeiling)} requests a second of a server that does nothing.`,
    '## Targets',
    targetTable(results.cells),
    '## All measurements',
    ...scenariosOf(results.cells).map((cells) => `### ${titleOf(cells[0]!)}\n\n${scenarioTable(cells)}`),
  ].join('\n\n');
}

/** For each target that was measured, what is asked and what was found. */
export function targetTable(cells: readonly Cell[]): string {
  const rows = TARGETS.flatMap(({ adapter, work, subject, reference, atLeast }) => {
    const find = (id: string): Cell | undefined =>
      cells.find((cell) => cell.adapter === adapter && cell.work === work && cell.subject === id && isBase(cell));
    const [own, other] = [find(subject), find(reference)];
    if (!own || !other) return [];
    const byHand = work === 'untouched' ? undefined : find(`by-hand/${subjectOf(subject).store}`);
    const { cpu, throughput, cpuByRound } = ratioOf(own, other);
    return [
      [
        adapter,
        work,
        subjectOf(subject).label,
        subjectOf(reference).label,
        atLeast.toFixed(2),
        cpu.toFixed(2),
        `${cpuByRound.low.toFixed(2)}–${cpuByRound.high.toFixed(2)}`,
        throughput.toFixed(2),
        byHand && byHand !== other ? ratioOf(byHand, other).cpu.toFixed(2) : '',
        cpu >= atLeast ? 'yes' : 'no',
      ],
    ];
  });
  return markdownTable(
    ['on', 'work', 'subject', 'against', 'target', 'CPU', 'by round', 'throughput', 'by hand', 'met'],
    rows,
  );
}

/** The subjects of one scenario, each beside the same work done by hand. */
export function scenarioTable(cells: readonly Cell[]): string {
  const rows = cells.map((cell) => {
    const { store } = subjectOf(cell.subject);
    const reference = cells.find(
      ({ subject }) => subject === (cell.work === 'untouched' ? 'bare' : `by-hand/${store}`),
    );
    return [
      subjectOf(cell.subject).label,
      String(Math.round(requestRate(cell.samples))),
      cpuOf(cell.samples).toFixed(0),
      reference ? ratioOf(cell, reference).cpu.toFixed(2) : '',
      `${(median(cell.samples.map(({ allocated }) => allocated)) / 1024).toFixed(1)} kB`,
      `${(median(cell.samples.map(({ clientShare }) => clientShare)) * 100).toFixed(0)}%`,
    ];
  });
  const limit = cells[0]!.work === 'untouched' ? 'of Nest alone' : 'of by hand';
  return markdownTable(['subject', 'requests/s', 'CPU µs', limit, 'allocated', 'client busy'], rows);
}

export function titleOf({ adapter, work, size, connections }: Cell): string {
  return `${adapter}, ${work}, ${size} bytes, ${connections} connections`;
}

/** Cells of one scenario together, in their order. */
export function scenariosOf(cells: readonly Cell[]): Cell[][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) groups.set(titleOf(cell), [...(groups.get(titleOf(cell)) ?? []), cell]);
  return [...groups.values()];
}

/** The scenario that targets are about. */
export function isBase({ size, connections }: Cell): boolean {
  return size === 200 && connections === 16;
}
