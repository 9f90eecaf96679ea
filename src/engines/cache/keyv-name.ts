import type { Keyv } from './cache-like.js';

/** The name under which a Keyv hands a key to its store. */
export function keyvName({ namespace, useKeyPrefix }: Keyv, key: string): string {
  const asItIs = useKeyPrefix === false || !namespace || key.startsWith(`${namespace}:`);
  return asItIs ? key : `${namespace}:${key}`;
}
