import type { ImportOptions } from './import-options.js';
import type { ImportContext } from './session-importer.js';

/** More different keys than an application has. */
const MOST_NOTED = 100;

/**
 * Makes what a session here may hold of what a session of another library held: what JSON makes of each value, as those
 * libraries do when they store it, and none of the keys that begin with `_`. Says of a key that is left behind once.
 */
export class ValueConverter {
  readonly #noted = new Set<string>();

  constructor(
    private readonly library: string,
    private readonly convert: NonNullable<ImportOptions['convert']> = (values) => values,
  ) {}

  /** Undefined when nothing is left, or when what the other library kept is no session at all. */
  values(former: unknown, { warn }: ImportContext): Record<string, unknown> | undefined {
    if (typeof former !== 'object' || former === null || Array.isArray(former)) return undefined;
    const values: [string, unknown][] = [];
    for (const [key, value] of Object.entries(this.convert({ ...former }))) {
      const text = isReserved(key) ? undefined : jsonOf(value);
      if (text !== undefined) values.push([key, JSON.parse(text)]);
      else if (value !== undefined) this.#note(key, warn);
    }
    return values.length === 0 ? undefined : Object.fromEntries(values);
  }

  #note(key: string, warn: (message: string) => void): void {
    if (this.#noted.has(key) || this.#noted.size >= MOST_NOTED) return;
    this.#noted.add(key);
    warn(
      `Sessions of ${this.library} go on without ${JSON.stringify(key.slice(0, 60))}: ` +
        (isReserved(key) ? 'keys that begin with "_" are reserved.' : 'JSON cannot hold its value.') +
        ' The option "convert" of the importer can give it another name or value.',
    );
  }
}

function isReserved(key: string): boolean {
  return key.startsWith('_') && key !== '__proto__';
}

/** Undefined for what JSON drops or refuses. */
function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value) as string | undefined;
  } catch {
    return undefined;
  }
}
