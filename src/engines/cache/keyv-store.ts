import type { Keyv } from './cache-like.js';
import { keyvName } from './keyv-name.js';
import type { SessionCache } from './session-cache.js';

/** Texts in any Keyv, whose failures are told. Without a time limit: see {@link TimedCache}. */
export class KeyvStore implements SessionCache {
  readonly #keyv: Keyv;

  constructor(
    keyv: Keyv,
    private readonly keyPrefix: string,
  ) {
    this.#keyv = outspoken(keyv);
  }

  /** Whether the texts are in the memory of this process, in a Map that forgets nothing by itself. */
  get isMap(): boolean {
    return this.#keyv.store instanceof Map;
  }

  async get(key: string): Promise<string | undefined> {
    const text = await this.#keyv.get(this.keyPrefix + key);
    return typeof text === 'string' ? text : undefined;
  }

  async set(key: string, text: string, milliseconds: number): Promise<void> {
    // To Keyv, 0 is for ever.
    const stored = await this.#keyv.set(this.keyPrefix + key, text, Math.max(1, milliseconds));
    if (!stored) throw new Error('The cache did not take what was to be stored.');
  }

  async delete(key: string): Promise<void> {
    await this.#keyv.delete(this.keyPrefix + key);
  }

  /** The keys in a Map, also those whose time is over. */
  *keys(): Iterable<string> {
    const { store } = this.#keyv;
    if (!(store instanceof Map)) return;
    const prefix = keyvName(this.#keyv, this.keyPrefix);
    for (const name of store.keys()) if (name.startsWith(prefix)) yield name.slice(prefix.length);
  }
}

/** A second Keyv on the same store, which throws where the given one keeps silent. The given one is not changed. */
function outspoken(keyv: Keyv): Keyv {
  const Own = keyv.constructor as new (options: object) => Keyv;
  return new Own({ ...keyv.opts, store: keyv.store, compression: keyv.compression, throwOnErrors: true });
}
