import type { Keyv } from './cache-like.js';
import type { RedisScript } from './redis-script.js';
import type { RedisStore } from './redis-store.js';
import { TimeLimit } from '../time-limit.js';

/** Runs scripts on Redis within a time limit, and says what the trouble is when it fails. */
export class RedisConnection {
  readonly #limit: TimeLimit;
  #lastError = { text: '', at: Number.NEGATIVE_INFINITY };

  /** @param seconds the limit for each run */
  constructor(
    private readonly keyv: Keyv,
    private readonly store: RedisStore,
    private readonly keyPrefix: string,
    seconds: number,
  ) {
    this.#limit = new TimeLimit(seconds);
    keyv.on('error', this.#onError);
  }

  run(script: RedisScript, key: string, ...parameters: (string | number)[]): Promise<unknown> {
    const name = this.store.name(this.keyPrefix + key);
    return this.#limit.run(
      () => this.#lateError(),
      (signal) => this.store.run(script, name, parameters.map(String), signal),
    );
  }

  close(): void {
    this.keyv.off('error', this.#onError);
    this.store.close?.();
  }

  /** A client that cannot connect goes on trying, and tells only by this event why it cannot. */
  readonly #onError = (error: unknown): void => {
    const { message, code } = Object(error) as NodeJS.ErrnoException;
    this.#lastError = { text: message || code || '', at: performance.now() };
  };

  #lateError(): Error {
    const { seconds } = this.#limit;
    const { text, at } = this.#lastError;
    const reason = text && performance.now() - at <= seconds * 1000 ? `: ${text}` : '';
    return new Error(`Redis did not answer within ${seconds} seconds${reason}`);
  }
}
