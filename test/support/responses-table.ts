import { readFile, writeFile } from 'node:fs/promises';
import type { ResponseKind } from './response-kinds.js';

const FILE = new URL('../../docs/responses.md', import.meta.url);
const TABLE = /^\| How.*?(?=\n\n)/ms;

/** The table of `docs/responses.md`, filled by the tests that see what happens. `UPDATE_DOCS=1` writes it there. */
export class ResponsesTable {
  readonly #cells = new Map<string, string[]>();

  constructor(
    private readonly kinds: readonly ResponseKind[],
    private readonly platforms: readonly { readonly name: string }[],
  ) {}

  /** Adds to a cell what was seen of a kind of response on a platform. */
  note(kind: string, platform: string, seen: string): void {
    const place = `${kind} on ${platform}`;
    this.#cells.set(place, [...(this.#cells.get(place) ?? []), seen]);
  }

  get text(): string {
    const rows = this.kinds.map(({ name }) => [
      name,
      ...this.platforms.map((platform) => this.#cell(name, platform.name)),
    ]);
    const table = [['How a request ends', ...this.platforms.map(({ name }) => name)], ...rows];
    const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
    const lines = table.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
    lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
    return lines.join('\n');
  }

  /** The table as it is checked in. */
  async checkedIn(): Promise<string | undefined> {
    const document = await readFile(FILE, 'utf8');
    if (process.env.UPDATE_DOCS)
      await writeFile(
        FILE,
        document.replace(TABLE, () => this.text),
      );
    return TABLE.exec(process.env.UPDATE_DOCS ? await readFile(FILE, 'utf8') : document)?.[0];
  }

  #cell(kind: string, platform: string): string {
    return this.#cells.get(`${kind} on ${platform}`)?.join('; ') ?? '';
  }
}
