import type { Clock } from '../../session/clock.js';
import type { SessionCache } from './session-cache.js';

/** Texts in the memory of this process. */
export class MemoryCache implements SessionCache {
  /** In the order in which they were set, which is about the order in which their time is over. */
  readonly #entries = new Map<string, { text: string; until: number }>();

  constructor(private readonly clock: Clock) {}

  /** How many texts are held, also those whose time is over. */
  get size(): number {
    return this.#entries.size;
  }

  async get(key: string): Promise<string | undefined> {
    const entry = this.#entries.get(key);
    return entry && entry.until > this.clock.now() ? entry.text : undefined;
  }

  async set(key: string, text: string, milliseconds: number): Promise<void> {
    const now = this.clock.now();
    this.#entries.delete(key);
    this.#entries.set(key, { text, until: now + milliseconds });
    for (const [oldest, { until }] of this.#entries) {
      if (until > now) break;
      this.#entries.delete(oldest);
    }
  }

  async delete(key: string): Promise<void> {
    this.#entries.delete(key);
  }
}
