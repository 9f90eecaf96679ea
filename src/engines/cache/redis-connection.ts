import type { Keyv } from './cache-like.js';
import type { RedisScript } from './redis-script.js';
import type { RedisStore } from './redis-store.js';
import { withinTime } from './within-time.js';

/** Runs scripts on Redis within a time limit, and says what the trouble is when it fails. */
export class RedisConnection {
  /** From the first sign of an outage until the next answer. */
  #troubled = false;
  #lastError = '';

  /** @param seconds the limit for each run */
  constructor(
    private readonly keyv: Keyv,
    private readonly store: RedisStore,
    private readonly keyPrefix: string,
    private readonly seconds: number,
  ) {
    // Also because a client is mute about why it cannot connect, other than by this event.
    keyv.on('error', this.#onError);
  }

  async run(script: RedisScript, key: string, ...parameters: (string | number)[]): Promise<unknown> {
    // Cheap commands at first; in an outage those which nobody waits for any more must not pile up in the client.
    const giveUpAfter = this.#troubled ? Math.ceil(this.seconds * 1000) : 0;
    const name = this.store.name(this.keyPrefix + key);
    try {
      const answer = await withinTime(
        this.seconds,
        () => this.#lateError(),
        () => this.store.run(script, name, parameters.map(String), giveUpAfter),
      );
      this.#troubled = false;
      this.#lastError = '';
      return answer;
    } catch (error) {
      this.#troubled = true;
      throw error;
    }
  }

  close(): void {
    this.keyv.off('error', this.#onError);
  }

  readonly #onError = (error: unknown): void => {
    this.#troubled = true;
    const { message, code } = Object(error) as NodeJS.ErrnoException;
    this.#lastError = message || code || '';
  };

  #lateError(): Error {
    const reason = this.#lastError && `: ${this.#lastError}`;
    return new Error(`Redis did not answer within ${this.seconds} seconds${reason}`);
  }
}
