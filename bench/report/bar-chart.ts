import { rectangle, svg, text } from './svg.js';

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number; readonly colour: number }[];
}

export interface BarChart {
  readonly title: string;
  readonly subtitle: string;
  readonly groups: readonly BarGroup[];
}

const WIDTH = 720;
const LABELS = 270;
const MOST = 370;
const BAR = 14;
const GAP = 6;
const BETWEEN = 30;
const TOP = 60;

/** Groups of bars that lie one under the other, with their values. */
export function barChart({ title, subtitle, groups }: BarChart): string {
  const longest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const content = [text(8, 22, title, 'font-weight="600"'), text(8, 40, subtitle, 'class="quiet"')];
  let y = TOP;
  for (const { title: groupTitle, bars } of groups) {
    content.push(text(8, y + BAR - 2, groupTitle, 'font-weight="600"'));
    y += BAR + GAP;
    for (const { label, value, colour } of bars) {
      const width = (value / longest) * MOST;
      content.push(
        text(LABELS - 8, y + BAR - 3, label, 'text-anchor="end"'),
        rectangle(LABELS, y, width, BAR, `c${colour}`),
        text(LABELS + width + 6, y + BAR - 3, value.toFixed(0), 'class="quiet"'),
      );
      y += BAR + GAP;
    }
    y += BETWEEN - GAP;
  }
  return svg(WIDTH, y - BETWEEN + 16, title, content);
}
