import { SessionStoreError } from '../errors/index.js';
import type { FormerSession } from '../importers/session-importer.js';
import type { SessionObserver } from './session-event.js';
import { withoutSecrets } from './without-secrets.js';

/** The answer of what keeps a session of another library. Its failure is one of the store, and the log says why. */
export async function askFormer<T>(
  { source, id }: FormerSession,
  observer: SessionObserver,
  operation: 'load' | 'end',
  call: () => Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const cause = withoutSecrets(error, id);
    observer.error(`A session of ${source} failed to ${operation}: ${cause.message}`);
    throw new SessionStoreError(`${operation} a session of ${source}`, cause);
  }
}
