import type { SessionImporter } from './session-importer.js';
import { type StoredImportOptions, StoredSessionImporter } from './stored-session-importer.js';

/** The options that `@fastify/session` had, of which these are read, and more. */
export interface FastifySessionImportOptions extends StoredImportOptions {
  /** @default 'sessionId' */
  cookieName?: string;
  /** @default '' */
  cookiePrefix?: string;
}

/**
 * For the option `importFrom`: takes over the sessions that `@fastify/session` has made, as {@link importExpressSession}
 * does those of express-session. Give it the options that `@fastify/session` had. A signer of your own in place of the
 * secret is not understood.
 *
 * @throws SessionOptionsError when the store or the secret is missing
 */
export function importFastifySession({
  cookieName = 'sessionId',
  cookiePrefix = '',
  ...options
}: FastifySessionImportOptions): SessionImporter {
  const style = { importer: 'importFastifySession', library: '@fastify/session', cookieName, prefix: cookiePrefix };
  return new StoredSessionImporter(style, options);
}
