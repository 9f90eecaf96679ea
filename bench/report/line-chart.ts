import { line, svg, text } from './svg.js';

export interface Series {
  readonly label: string;
  /** 0 to 3. */
  readonly colour: number;
  readonly stroke: '' | 'dashed' | 'dotted';
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly title: string;
  readonly xAxis: string;
  readonly yAxis: string;
  readonly series: readonly Series[];
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 64;
const RIGHT = 470;
const TOP = 48;
const BOTTOM = 350;
const LEGEND = 490;
const LEGEND_LINE = 19;

/** A plot with both axes in powers: what grows in step is a straight line, what costs the same a level one. */
export function lineChart({ title, xAxis, yAxis, series }: LineChart): string {
  const all = series.flatMap(({ points }) => points);
  const xTicks = [...new Set(all.map(([x]) => x))].toSorted((a, b) => a - b);
  const yTicks = powersAround(all.map(([, y]) => y));
  const x = scale(xTicks, LEFT, RIGHT);
  const y = scale(yTicks, BOTTOM, TOP);
  return svg(WIDTH, HEIGHT, title, [
    text(8, 20, title, 'font-weight="600"'),
    text(8, 38, yAxis, 'class="quiet"'),
    text((LEFT + RIGHT) / 2, HEIGHT - 10, xAxis, 'class="quiet" text-anchor="middle"'),
    ...yTicks.flatMap((tick) => [
      line(
        [
          [LEFT, y(tick)],
          [RIGHT, y(tick)],
        ],
        'grid',
      ),
      text(LEFT - 8, y(tick) + 4, shortNumber(tick), 'class="quiet" text-anchor="end"'),
    ]),
    ...xTicks.map((tick) => text(x(tick), BOTTOM + 18, shortNumber(tick), 'class="quiet" text-anchor="middle"')),
    ...series.flatMap(({ label, colour, stroke, points }, index) => {
      const className = `l${colour}${stroke && ` ${stroke}`}`;
      const height = TOP + index * LEGEND_LINE;
      return [
        line(
          points.map(([valueX, valueY]) => [x(valueX), y(valueY)]),
          className,
        ),
        line(
          [
            [LEGEND, height],
            [LEGEND + 24, height],
          ],
          className,
        ),
        text(LEGEND + 30, height + 4, label),
      ];
    }),
  ]);
}

/** From the power of ten or half of it below the least to the one above the greatest. */
function powersAround(values: readonly number[]): number[] {
  const ticks: number[] = [];
  const greatest = Math.max(...values);
  let tick = 10 ** Math.floor(Math.log10(Math.min(...values)));
  for (; tick < greatest; tick *= 10) ticks.push(tick);
  return [...ticks, tick];
}

function scale(ticks: readonly number[], from: number, to: number): (value: number) => number {
  const [first = 1, last = 1] = [ticks[0], ticks.at(-1)];
  const span = Math.log(last / first) || 1;
  return (value) => from + (Math.log(value / first) / span) * (to - from);
}

export function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${Number((value / 1_000_000).toFixed(1))}M`;
  if (value >= 1000) return `${Number((value / 1000).toFixed(1))}k`;
  return String(Number(value.toPrecision(2)));
}
