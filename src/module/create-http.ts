import { SessionHttp } from '../http/session-http.js';
import type { Clock } from '../session/clock.js';
import type { SessionManager } from '../session/session-manager.js';
import { SignedCookieValues } from '../signing/index.js';
import { cookieAttributes } from './cookie-attributes.js';
import { importersOf } from './importers-of.js';
import type { SessionLog } from './session-log.js';
import type { ResolvedOptions } from './session-options.js';

/** The HTTP layer as the options say. */
export function createHttp(
  options: ResolvedOptions,
  sessions: SessionManager,
  log: SessionLog,
  clock: Clock,
): SessionHttp {
  const { secret, secretFallbacks, signedCookieFormat } = options;
  return new SessionHttp({
    sessions,
    cookies: {
      quoting: options.cookieQuoting,
      clock,
      signer: new SignedCookieValues({ secret, secretFallbacks, format: signedCookieFormat, clock }),
    },
    sessionCookie: { name: options.cookieName, options: cookieAttributes(options) },
    saveEveryRequest: options.saveEveryRequest,
    expressCompat: options.expressCompat,
    importers: importersOf(options),
    log,
  });
}
