import type { SessionEngine } from '../session-engine.js';
import { ExpressStoreEngine } from './express-store.engine.js';
import type { ExpressStore } from './express-store.js';

export type { ExpressStore } from './express-store.js';

/**
 * Makes an engine of a store for express-session, so that an application can move over with the store that it has:
 *
 * ```ts
 * SessionModule.forRoot({ secret, engine: fromExpressStore(new RedisStore({ client })) })
 * ```
 *
 * Such stores have no compare and swap: within one process nothing is lost, across processes the last writer wins. Sessions
 * of express-session itself are not read.
 */
export function fromExpressStore(store: ExpressStore): SessionEngine {
  return new ExpressStoreEngine(store);
}
