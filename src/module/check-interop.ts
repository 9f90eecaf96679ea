import { SessionOptionsError } from '../errors/index.js';
import { isEncrypted } from './encrypted.js';
import type { ResolvedOptions } from './session-options.js';

/** Why sessions cannot be shared with Django in an engine, and what to do. */
const REFUSED_ENGINES: Record<string, string> = {
  cache:
    "Django's cache engine pickles sessions, which nothing but Python can read. Set SESSION_ENGINE to " +
    "'django.contrib.sessions.backends.db' and engine to 'db'",
  cached_db:
    "either side's cache would go on answering with sessions that the other one changed, or logged out. Set " +
    "SESSION_ENGINE to 'django.contrib.sessions.backends.db' and engine to 'db', which keep the table as it is",
  encrypted_cookies: "Django has no such engine. Use 'signed_cookies' on both sides",
};

/**
 * Refuses what would keep a Django from sharing the sessions, or destroy them on its side.
 *
 * @throws SessionOptionsError with the reason and the cure
 */
export function checkInterop({ interop, engine, hashKeys, cookieQuoting, serializer }: ResolvedOptions): void {
  if (!interop) return;
  if (typeof engine === 'string' && Object.hasOwn(REFUSED_ENGINES, engine)) {
    refuse(`engine: '${engine}'`, REFUSED_ENGINES[engine]!);
  }
  if (hashKeys) refuse('hashKeys: true', 'Django looks sessions up by the key itself. Leave the option out');
  if (serializer && isEncrypted(serializer)) {
    refuse('serializer: encrypted(…)', 'Django could not read them, and overwrites what it cannot read. Leave it out');
  }
  if (cookieQuoting !== 'python') {
    refuse(`cookieQuoting: '${cookieQuoting}'`, 'Django does not decode percent signs. Leave the option out');
  }
}

function refuse(option: string, reason: string): never {
  throw new SessionOptionsError(`SessionModule cannot share sessions with Django under ${option}: ${reason}.`);
}
