import { opendir, type Dirent } from 'node:fs';
import { promisify } from 'node:util';

const openFolder = promisify(opendir);

/** Names in memory at a time, however many the folder has. */
const NAMES_AT_A_TIME = 256;

/** Goes through a folder in batches, without starting from the first name each time. */
export class FolderSearch {
  /** Where the last batch stopped. Closes the folder when it ends. */
  #rest: AsyncIterator<Dirent> | undefined;

  constructor(private readonly folder: string) {}

  /**
   * Visits names until `limit` of the visits said true, and says how many did. Goes on where the call before stopped; a
   * call that does not reach its limit has visited the whole folder.
   */
  async visit(limit: number, work: (name: string) => Promise<boolean>): Promise<number> {
    const rest = this.#rest;
    this.#rest = undefined;
    const count = rest ? await this.#visit(rest, limit, work) : 0;
    if (count >= limit) return count;
    const start = (await openFolder(this.folder, { bufferSize: NAMES_AT_A_TIME }))[Symbol.asyncIterator]();
    return count + (await this.#visit(start, limit - count, work));
  }

  async close(): Promise<void> {
    await this.#rest?.return?.();
    this.#rest = undefined;
  }

  async #visit(names: AsyncIterator<Dirent>, limit: number, work: (name: string) => Promise<boolean>): Promise<number> {
    let count = 0;
    try {
      while (count < limit) {
        const next = await names.next();
        if (next.done) break;
        if (await work(next.value.name)) count++;
      }
      return count;
    } finally {
      // Two calls at a time each have their own place, of which one is kept.
      if (count < limit || this.#rest) await names.return?.();
      else this.#rest = names;
    }
  }
}
