import type { Keyv } from './cache-like.js';
import { NodeRedisStore, type NodeRedisAdapter } from './node-redis-store.js';
import type { RedisScript } from './redis-script.js';
import { ValkeyStore, type ValkeyAdapter } from './valkey-store.js';

/** The Redis or Valkey behind a Keyv, reached by the client of its adapter. */
export interface RedisStore {
  /** The name that a key has there, as the Keyv and its adapter would make it. */
  name(key: string): string;
  /**
   * Runs a script on the key of that name.
   *
   * @param signal withdraws the command if it could not be sent until then
   */
  run(script: RedisScript, name: string, parameters: string[], signal: AbortSignal): Promise<unknown>;
  close?(): void;
}

/** Undefined when there is no Redis behind the Keyv. Told by its shape, so that any copy of an adapter will do. */
export function redisStore(keyv: Keyv): RedisStore | undefined {
  const { client, redis, getClient, createKeyPrefix, _getKeyName } = Object(keyv.store);
  if (typeof client?.evalSha === 'function' && getClient && createKeyPrefix) {
    return new NodeRedisStore(keyv, keyv.store as NodeRedisAdapter);
  }
  if (typeof redis?.evalsha === 'function' && _getKeyName) return new ValkeyStore(keyv, keyv.store as ValkeyAdapter);
  return undefined;
}
