import type { SessionImporter } from './session-importer.js';
import { type StoredImportOptions, StoredSessionImporter } from './stored-session-importer.js';

/** The options that express-session had, of which these are read, and more. */
export interface ExpressSessionImportOptions extends StoredImportOptions {
  /** @default 'connect.sid' */
  name?: string;
}

/**
 * For the option `importFrom`: takes over the sessions that express-session has made, so that users stay logged in while an
 * application moves over. Give it the options that express-session had.
 *
 * ```ts
 * SessionModule.forRoot({ secret, importFrom: importExpressSession({ store, secret: oldSecret }) })
 * ```
 *
 * Of a session everything goes on but `cookie` and the keys that begin with `_`. When it had a `maxAge` of its own it keeps
 * that, otherwise it lasts as long as a new one. Its entry in the old store is destroyed. Needs a store that this process
 * can reach, so not express-session's MemoryStore.
 *
 * @throws SessionOptionsError when the store or the secret is missing
 */
export function importExpressSession({
  name = 'connect.sid',
  ...options
}: ExpressSessionImportOptions): SessionImporter {
  const style = { importer: 'importExpressSession', library: 'express-session', cookieName: name, prefix: 's:' };
  return new StoredSessionImporter(style, options);
}
