import type { SessionCache } from './session-cache.js';
import { withinTime } from './within-time.js';

/** Gives each call on a cache a time limit. */
export class TimedCache implements SessionCache {
  constructor(
    private readonly cache: SessionCache,
    private readonly seconds: number,
  ) {}

  get(key: string): Promise<string | undefined> {
    return this.#timed(() => this.cache.get(key));
  }

  set(key: string, text: string, milliseconds: number): Promise<void> {
    return this.#timed(() => this.cache.set(key, text, milliseconds));
  }

  delete(key: string): Promise<void> {
    return this.#timed(() => this.cache.delete(key));
  }

  #timed<T>(call: () => Promise<T>): Promise<T> {
    return withinTime(this.seconds, () => lateCache(this.seconds), call);
  }
}

export function lateCache(seconds: number): Error {
  return new Error(`The cache did not answer within ${seconds} seconds`);
}
