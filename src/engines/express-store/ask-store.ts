import type { ExpressStore } from './express-store.js';

/** The promise of what a store gives to its callback, or throws. */
export function answerOf<T = void>(ask: (done: (error?: unknown, result?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const done = (error?: unknown, result?: T): void => {
      if (error) reject(error instanceof Error ? error : new Error(String(error)));
      else resolve(result as T);
    };
    Promise.resolve()
      .then(() => ask(done))
      .catch(reject);
  });
}

/** What a store keeps under a key; undefined when there is nothing. */
export async function readEntry<T>(store: ExpressStore, key: string): Promise<T | undefined> {
  try {
    return (await answerOf<T | null | undefined>((done) => store.get(key, done))) ?? undefined;
  } catch (error) {
    // What express-session itself takes for a missing session.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
