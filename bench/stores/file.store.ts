import { mkdir, opendir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchStore } from './bench-store.js';

const FILLED = 'filled-';
/** More would take longer to make than all that is measured with them. */
export const MOST_FILES = 100_000;

/** A folder for session files inside the run's own, with which it goes. */
export class FileStore implements BenchStore {
  readonly version = '';

  #rows = 0;

  private constructor(readonly folder: string) {}

  static async open(parent: string): Promise<FileStore> {
    const folder = join(parent, 'files');
    await mkdir(folder, { mode: 0o700 });
    return new FileStore(folder);
  }

  async fill(rows: number): Promise<void> {
    for (; this.#rows < Math.min(rows, MOST_FILES); this.#rows++) {
      await writeFile(join(this.folder, FILLED + this.#rows), 'x'.repeat(300));
    }
  }

  async clear(): Promise<void> {
    for await (const { name } of await opendir(this.folder)) {
      if (!name.startsWith(FILLED)) await unlink(join(this.folder, name));
    }
  }

  async close(): Promise<void> {}
}
