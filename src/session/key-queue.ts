/**
 * Lets the commits of this process on one session wait for each other, so that a store's compare and swap meets only other
 * processes. Each task is told what the one before it stored, which spares it a failed attempt.
 */
export class KeyQueue<T> {
  readonly #tails = new Map<string, Promise<T | undefined>>();

  run(key: string, task: (before: T | undefined) => Promise<T>): Promise<T> {
    const before = this.#tails.get(key);
    const result = before ? before.then(task) : task(undefined);
    const end = (stored?: T): T | undefined => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      return stored;
    };
    const tail = result.then(end, () => end());
    this.#tails.set(key, tail);
    return result;
  }
}
