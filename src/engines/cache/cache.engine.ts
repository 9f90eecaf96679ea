import { systemClock, type Clock } from '../../session/clock.js';
import { MemoryEngine } from '../memory/memory.engine.js';
import type { EngineLifecycle, SessionEngine } from '../session-engine.js';
import type { CacheLike } from './cache-like.js';
import { KeyvStore } from './keyv-store.js';
import { KeyvEngine } from './keyv.engine.js';
import { MemoryCache } from './memory-cache.js';
import { RedisCache } from './redis-cache.js';
import { RedisConnection } from './redis-connection.js';
import { redisStore } from './redis-store.js';
import { RedisEngine } from './redis.engine.js';
import { resolveKeyv } from './resolve-keyv.js';
import type { SessionCache } from './session-cache.js';
import { TimedCache } from './timed-cache.js';

export interface CacheOptions {
  /** @default the system's clock */
  clock?: Clock;
  /**
   * What the keys of entries begin with, behind the namespace of the Keyv.
   * @default 'session:' for sessions, 'session-copy:' for copies of sessions
   */
  keyPrefix?: string;
  /**
   * Seconds that a call may take before it rejects.
   * @default 2
   */
  timeout?: number;
  /**
   * Takes what the operator should know: what the cache does not guarantee.
   * @default nothing is said
   */
  warn?: (message: string) => void;
}

const TIMEOUT = 2;

/**
 * Keeps sessions in a cache: in the Keyv itself, or the only Keyv of a cache-manager `Cache`; without either in the memory
 * of this process. Through @keyv/redis and @keyv/valkey it is atomic for any number of processes, because it speaks to the
 * server by the adapter's client; the Keyv's namespace counts there, its serializer, compression and hooks do not. The
 * cache is not changed, and it is not closed: whoever made it does that.
 *
 * @throws SessionOptionsError for a cache that several stores make up, that is `nonBlocking`, or that is none
 */
export function createCacheEngine(
  cache: CacheLike | undefined,
  { clock = systemClock, keyPrefix = 'session:', timeout = TIMEOUT, warn = () => {} }: CacheOptions = {},
): SessionEngine & EngineLifecycle {
  if (!cache) {
    warn(`The cache engine was given no cache. ${IN_MEMORY}`);
    return new MemoryEngine({ clock });
  }
  const keyv = resolveKeyv(cache);
  const redis = redisStore(keyv);
  if (redis) return new RedisEngine(new RedisConnection(keyv, redis, keyPrefix, timeout), clock);
  const store = new KeyvStore(keyv, keyPrefix);
  warn(`The cache engine was given a Keyv that is not on Redis or Valkey. ${store.isMap ? IN_MEMORY : NOT_ATOMIC}`);
  return new KeyvEngine(store, clock, timeout);
}

/**
 * The same caches as a place for copies of sessions, for `CachedDatabaseEngine`.
 *
 * @throws SessionOptionsError as `createCacheEngine` does
 */
export function createSessionCache(
  cache: CacheLike | undefined,
  { clock = systemClock, keyPrefix = 'session-copy:', timeout = TIMEOUT, warn = () => {} }: CacheOptions = {},
): SessionCache {
  if (!cache) {
    warn(`The cached_db engine was given no cache. ${COPIES_IN_MEMORY}`);
    return new MemoryCache(clock);
  }
  const keyv = resolveKeyv(cache);
  const redis = redisStore(keyv);
  if (redis) return new RedisCache(new RedisConnection(keyv, redis, keyPrefix, timeout));
  const store = new KeyvStore(keyv, keyPrefix);
  if (store.isMap) warn(`The cached_db engine was given a Keyv in memory. ${COPIES_IN_MEMORY}`);
  return new TimedCache(store, timeout);
}

const IN_MEMORY =
  'Sessions are kept in the memory of this process: a restart ends them all, and other processes know nothing of them. ' +
  'For more than one process set the option "cache" to a Keyv on Redis or Valkey.';

const NOT_ATOMIC =
  'Such a store cannot compare and swap: two processes that change one session at the same time may overwrite each ' +
  'other. A deleted session stays deleted. For more than one process use @keyv/redis, @keyv/valkey, or the engine ' +
  "'db' or 'cached_db'.";

const COPIES_IN_MEMORY =
  'Each process keeps copies for itself: a session that one process changes or ends can be read as it was in another ' +
  'for up to 60 seconds. For more than one process set the option "cache" to a Keyv on Redis or Valkey.';
