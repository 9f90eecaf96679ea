import { SessionOptionsError } from '../../errors/index.js';
import type { CacheLike, CacheManager, Keyv } from './cache-like.js';

/**
 * The Keyv to keep sessions in. A cache-manager `Cache` only holds it: its own methods hide errors.
 *
 * @throws SessionOptionsError when sessions would not be safe in what was given
 */
export function resolveKeyv(cache: CacheLike): Keyv {
  if (isKeyv(cache)) return cache;
  if (Object(cache).nonBlocking === true) refuse(NON_BLOCKING);
  if (!isCacheManager(cache)) {
    refuse(
      'is neither a Keyv 5 nor a Cache of cache-manager 6.4 or 7. Give new Keyv({ store: ... }), a Cache, or CACHE_MANAGER of ' +
        '@nestjs/cache-manager.',
    );
  }
  if (isNonBlocking(cache)) refuse(NON_BLOCKING);
  if (cache.stores.length !== 1) {
    refuse(
      `has ${cache.stores.length} stores. A nearer store would go on answering for a session that another process has ` +
        'changed or ended in the farther one. Give the Keyv of the store that all processes share, by itself.',
    );
  }
  return resolveKeyv(cache.stores[0] as CacheLike);
}

const NON_BLOCKING =
  'is nonBlocking: it says that a session is stored, or ended, before that is so, and hides when it fails. ' +
  'Give one without nonBlocking.';

export function refuse(reason: string): never {
  throw new SessionOptionsError(`The option "cache" of SessionModule ${reason}`);
}

export function refuseNonBlocking(): never {
  refuse(NON_BLOCKING);
}

function isKeyv(cache: unknown): cache is Keyv {
  return 'opts' in Object(cache) && 'store' in Object(cache) && has(cache, 'get', 'set', 'delete', 'on', 'off');
}

function isCacheManager(cache: unknown): cache is CacheManager {
  return Array.isArray(Object(cache).stores) && has(cache, 'mdel', 'on', 'off');
}

function has(value: unknown, ...methods: string[]): boolean {
  return methods.every((method) => typeof Object(value)[method] === 'function');
}

/** cache-manager keeps this option to itself, but only with it is a removal announced before it can be done. */
function isNonBlocking(cache: CacheManager): boolean {
  let announced = false;
  const listener = (): void => {
    announced = true;
  };
  cache.on('mdel', listener);
  // Removes nothing and asks no store.
  cache.mdel([]).catch(() => undefined);
  cache.off('mdel', listener);
  return announced;
}
