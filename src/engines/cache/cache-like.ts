/** A Keyv 5, described here so that its types are needed only by those who use it. */
export interface KeyvLike {
  /** What it was made with. */
  readonly opts: object;
  /** Where it keeps its entries, e.g. an adapter such as KeyvRedis. */
  readonly store: unknown;
  /** The value of a key. */
  get(key: string): Promise<unknown>;
}

/** The `Cache` of cache-manager, which `CACHE_MANAGER` of @nestjs/cache-manager stands for. */
export interface CacheManagerLike {
  /** Sessions need a single one. */
  readonly stores: readonly KeyvLike[];
}

/** What sessions can be kept in. */
export type CacheLike = KeyvLike | CacheManagerLike;

/** A Keyv as this room uses it. */
export interface Keyv extends KeyvLike {
  readonly namespace?: string;
  readonly useKeyPrefix?: boolean;
  readonly compression?: unknown;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  off(event: 'error', listener: (error: unknown) => void): unknown;
}

/** A cache-manager `Cache` as this room uses it. */
export interface CacheManager extends CacheManagerLike {
  mdel(keys: string[]): Promise<unknown>;
  on(event: 'mdel', listener: () => void): unknown;
  off(event: 'mdel', listener: () => void): unknown;
}
