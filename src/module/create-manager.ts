import type { SessionEngine } from '../engines/session-engine.js';
import type { Clock } from '../session/clock.js';
import { CookieSessionManager } from '../session/cookie-session-manager.js';
import { ImportKeys } from '../session/import-keys.js';
import type { SessionObserver } from '../session/session-event.js';
import type { SessionManager } from '../session/session-manager.js';
import { SessionRecord } from '../session/session-record.js';
import { StoredSessionManager } from '../session/stored-session-manager.js';
import { createCodec, createExpiry, createText } from './create-codec.js';
import { createCookieEngine } from './create-cookie-engine.js';
import { createOwners } from './create-user-sessions.js';
import { importersOf } from './importers-of.js';
import type { ResolvedOptions } from './session-options.js';

/** Puts the heart together as the options say. @param store undefined where the cookie itself holds the session */
export function createManager(
  options: ResolvedOptions,
  store: SessionEngine | undefined,
  observer: SessionObserver,
  clock: Clock,
): SessionManager {
  const { cookieName, hashKeys, interop } = options;
  const users = createOwners(options);
  const owners = store && users;
  const settings = {
    expiry: createExpiry(options, clock),
    clock,
    observer,
    saveEveryRequest: options.saveEveryRequest,
    touchAfter: options.touchAfter,
    hasPeer: interop !== undefined,
    userOf: users && ((values: ReadonlyMap<string, unknown>) => users.ownerOf(values)),
    record: options.absoluteAge === undefined && !owners ? undefined : new SessionRecord(clock, owners),
  };
  if (!store) {
    const engine = createCookieEngine(options, clock);
    return new CookieSessionManager({ ...settings, engine, text: createText(options), cookieName });
  }
  const codec = createCodec(options, clock);
  const importKeys = importersOf(options).length === 0 ? undefined : new ImportKeys(options);
  return new StoredSessionManager({ ...settings, engine: store, codec, hashKeys, owners, importKeys });
}
