import { setTimeout } from 'node:timers/promises';

/** Where two requests wait for each other, so that they overlap for certain. Who is left alone goes on after a while. */
export class Rendezvous {
  readonly #waiting = new Map<string, AbortController>();

  /** @param longestWait in milliseconds */
  constructor(private readonly longestWait = 1000) {}

  async meet(pair: string): Promise<void> {
    const other = this.#waiting.get(pair);
    if (other) {
      other.abort();
      return;
    }
    const arrival = new AbortController();
    this.#waiting.set(pair, arrival);
    await setTimeout(this.longestWait, undefined, { signal: arrival.signal }).catch(() => undefined);
    this.#waiting.delete(pair);
  }
}
