import type { SessionCache } from './session-cache.js';
import { TimeLimit } from '../time-limit.js';

/** Gives each call on a cache a time limit. */
export class TimedCache implements SessionCache {
  readonly #limit: TimeLimit;

  constructor(
    private readonly cache: SessionCache,
    seconds: number,
  ) {
    this.#limit = new TimeLimit(seconds);
  }

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
    return this.#limit.run(() => lateCache(this.#limit.seconds), call);
  }
}

export function lateCache(seconds: number): Error {
  return new Error(`The cache did not answer within ${seconds} seconds`);
}
