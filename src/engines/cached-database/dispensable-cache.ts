import type { SessionCache } from '../cache/session-cache.js';

/** Keys whose entries could not be dropped and are remembered for that; entries live so briefly that no more are needed. */
const MOST_UNDROPPED = 100_000;

/**
 * A cache that one can do without: no call rejects. After a failure it is left alone, so that an outage does not cost every
 * request the time limit, until it is seen to answer again. What had to be dropped meanwhile is dropped before it is
 * used again.
 */
export class DispensableCache {
  #isOut = false;
  #isTrying = false;
  readonly #undropped = new Set<string>();

  constructor(
    private readonly cache: SessionCache,
    private readonly warn: (message: string) => void,
  ) {}

  async get(key: string): Promise<string | undefined> {
    if (this.#isOutOfUse()) return undefined;
    try {
      return await this.cache.get(key);
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  /** Whether the text may be in the cache now. */
  async set(key: string, text: string, milliseconds: number): Promise<boolean> {
    if (this.#isOutOfUse()) return false;
    try {
      await this.cache.set(key, text, milliseconds);
      return true;
    } catch (error) {
      // It may yet arrive there, when nobody checks it any more.
      this.#remember(key);
      this.#fail(error);
      return false;
    }
  }

  async delete(key: string): Promise<void> {
    if (this.#isOut) this.#remember(key);
    if (this.#isOutOfUse()) return;
    await this.#drop(key).catch((error: unknown) => this.#fail(error));
  }

  close(): void {
    this.cache.close?.();
  }

  #fail(error: unknown): void {
    if (this.#isOut) return;
    this.#isOut = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.warn(`The session cache failed, so sessions are read from the database until it answers again: ${reason}`);
  }

  /** Whether the cache is out of use. Tries to have it back, beside the call that asks. */
  #isOutOfUse(): boolean {
    if (this.#isOut && !this.#isTrying) void this.#tryAgain();
    return this.#isOut;
  }

  async #tryAgain(): Promise<void> {
    this.#isTrying = true;
    try {
      await this.cache.get('probe');
      for (const key of this.#undropped) await this.#drop(key);
      this.#isOut = false;
      this.warn('The session cache answers again.');
    } catch {
      // Still out.
    } finally {
      this.#isTrying = false;
    }
  }

  async #drop(key: string): Promise<void> {
    // Forgotten before and not after: it may have to be dropped once more while this is under way.
    this.#undropped.delete(key);
    try {
      await this.cache.delete(key);
    } catch (error) {
      this.#remember(key);
      throw error;
    }
  }

  #remember(key: string): void {
    this.#undropped.add(key);
    if (this.#undropped.size <= MOST_UNDROPPED) return;
    const [oldest] = this.#undropped;
    if (oldest !== undefined) this.#undropped.delete(oldest);
  }
}
