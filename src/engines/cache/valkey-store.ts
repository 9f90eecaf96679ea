import { once, type EventEmitter } from 'node:events';
import type { Keyv } from './cache-like.js';
import { keyvName } from './keyv-name.js';
import { unlessUnknown, type RedisScript } from './redis-script.js';
import type { RedisStore } from './redis-store.js';

/** KeyvValkey of @keyv/valkey. */
export interface ValkeyAdapter {
  readonly redis: ValkeyClient;
  _getKeyName(key: string): string;
}

/** A client of iovalkey: of a single server, of Sentinel or of a cluster. */
interface ValkeyClient extends EventEmitter {
  readonly status: string;
  connect(): Promise<void>;
  evalsha(sha: string, keys: number, ...keysAndParameters: string[]): Promise<unknown>;
  eval(source: string, keys: number, ...keysAndParameters: string[]): Promise<unknown>;
}

/** Redis or Valkey through @keyv/valkey. */
export class ValkeyStore implements RedisStore {
  #becomingReady: Promise<unknown> | undefined;
  #brokenConnections = 0;

  constructor(
    private readonly keyv: Keyv,
    private readonly adapter: ValkeyAdapter,
  ) {
    for (const event of BREAKS) adapter.redis.on(event, this.#onBreak);
  }

  name(key: string): string {
    return this.adapter._getKeyName(keyvName(this.keyv, key));
  }

  async run(script: RedisScript, name: string, parameters: string[], signal: AbortSignal): Promise<unknown> {
    const { redis } = this.adapter;
    // The client would send later, and could not be stopped, what it is given before it can send.
    if (redis.status !== 'ready') await this.#ready();
    signal.throwIfAborted();
    const before = this.#brokenConnections;
    const introduce = (): Promise<unknown> => {
      signal.throwIfAborted();
      return redis.eval(script.source, 1, name, ...parameters);
    };
    const answer = await redis.evalsha(script.sha, 1, name, ...parameters).catch(unlessUnknown(introduce));
    // It also sends again what was not answered. What was done the first time is then answered as if others had done it.
    if (before !== this.#brokenConnections) throw new Error('The connection to Redis broke before it answered.');
    return answer;
  }

  close(): void {
    for (const event of BREAKS) this.adapter.redis.off(event, this.#onBreak);
  }

  #ready(): Promise<unknown> {
    const { redis } = this.adapter;
    if (redis.status === 'wait') redis.connect().catch(() => undefined);
    this.#becomingReady ??= once(redis, 'ready')
      .catch((error: NodeJS.ErrnoException) => {
        throw new Error(`Redis cannot be reached: ${error.message || error.code}`, { cause: error });
      })
      .finally(() => {
        this.#becomingReady = undefined;
      });
    return this.#becomingReady;
  }

  readonly #onBreak = (): void => {
    this.#brokenConnections++;
  };
}

/** How a client of a single server, and one of a cluster, tells that it lost a connection. */
const BREAKS = ['close', '-node'];
