/** Colours that can be told apart on white and on black, for eyes of any kind: light background first, then dark. */
const COLOURS = [
  ['#0b62c4', '#58a6ff'],
  ['#b35900', '#f0883e'],
  ['#1a7f37', '#56d364'],
  ['#8250df', '#bc8cff'],
] as const;

/** A drawing that shows on light and on dark pages. Class `c0` and so on fills, `l0` draws a line in that colour. */
export function svg(width: number, height: number, label: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
      `role="img" aria-label="${escapeXml(label)}">`,
    `<style>${style()}</style>`,
    ...content,
    '</svg>\n',
  ].join('\n');
}

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${attributes && ` ${attributes}`}>${escapeXml(content)}</text>`;
}

export function rectangle(x: number, y: number, width: number, height: number, className: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2" class="${className}"/>`;
}

export function line(points: readonly (readonly [number, number])[], className: string): string {
  const path = points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
  return `<polyline points="${path}" class="${className}"/>`;
}

function style(): string {
  const rules = (shade: 0 | 1): string =>
    COLOURS.map((colour, index) => `.c${index}{fill:${colour[shade]}}.l${index}{stroke:${colour[shade]}}`).join('');
  return (
    'text{font:12px system-ui,sans-serif;fill:#1f2328}.quiet{fill:#59636e}.faint{opacity:.45}' +
    'polyline{fill:none;stroke-width:2}.grid{stroke:#8b949e;stroke-width:.5;opacity:.5}' +
    `.dashed{stroke-dasharray:6 4}.dotted{stroke-dasharray:1.5 4}${rules(0)}` +
    `@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}${rules(1)}}`
  );
}

function round(number: number): number {
  return Math.round(number * 10) / 10;
}

function escapeXml(content: string): string {
  return content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
