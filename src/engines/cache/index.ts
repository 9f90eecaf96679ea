export { createCacheEngine, createSessionCache, type CacheOptions } from './cache.engine.js';
export type { CacheLike } from './cache-like.js';
export type { SessionCache } from './session-cache.js';
