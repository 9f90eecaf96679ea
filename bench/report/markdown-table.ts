/** A table in Markdown as prettier would have it. Columns of numbers are set to the right. */
export function markdownTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumeric = headers.map((_, column) => rows.every((row) => /^[~≥]?[\d.,%–-]*( kB)?$/.test(row[column] ?? '')));
  const widths = headers.map((header, column) =>
    Math.max(3, header.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => pad(cells[column] ?? '', width, isNumeric[column]!)).join(' | ')} |`;
  const rule = widths.map((width, column) => (isNumeric[column] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return [line(headers), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n');
}

function pad(cell: string, width: number, isNumeric: boolean): string {
  return isNumeric ? cell.padStart(width) : cell.padEnd(width);
}
