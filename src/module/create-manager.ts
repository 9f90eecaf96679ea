import type { SessionEngine } from '../engines/session-engine.js';
import { systemClock } from '../session/clock.js';
import { CookieSessionManager } from '../session/cookie-session-manager.js';
import { SessionExpiry } from '../session/expiry.js';
import { SessionCodec } from '../session/session-codec.js';
import type { SessionObserver } from '../session/session-event.js';
import type { SessionManager } from '../session/session-manager.js';
import { jsonText, serializedText } from '../session/session-text.js';
import { StoredSessionManager } from '../session/stored-session-manager.js';
import { SignedPayload } from '../signing/index.js';
import { createCookieEngine } from './create-cookie-engine.js';
import type { ResolvedOptions } from './session-options.js';

/** Puts the heart together as the options say. @param store undefined where the cookie itself holds the session */
export function createManager(
  options: ResolvedOptions,
  store: SessionEngine | undefined,
  observer: SessionObserver,
): SessionManager {
  const clock = systemClock;
  const { secret, secretFallbacks, serializer, cookieName, hashKeys } = options;
  const text = serializer ? serializedText(serializer) : jsonText;
  const settings = {
    expiry: new SessionExpiry({
      cookieAge: options.cookieAge,
      expireAtBrowserClose: options.expireAtBrowserClose,
      clock,
    }),
    clock,
    observer,
    saveEveryRequest: options.saveEveryRequest,
    touchAfter: options.touchAfter,
  };
  if (!store) return new CookieSessionManager({ ...settings, engine: createCookieEngine(options), text, cookieName });
  const charset = serializer ? 'utf8' : 'latin1';
  const payload = new SignedPayload({ secret, secretFallbacks, salt: options.keySalt, clock, charset });
  return new StoredSessionManager({ ...settings, engine: store, codec: new SessionCodec(text, payload), hashKeys });
}
