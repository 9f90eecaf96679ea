import type { CookieJarSettings, CookieOptions } from '../cookies/index.js';
import type { SessionImporter } from '../importers/session-importer.js';
import type { SessionManager } from '../session/session-manager.js';

/** What the HTTP layer of one module needs to know. */
export interface HttpSettings {
  readonly sessions: SessionManager;
  readonly cookies: CookieJarSettings;
  readonly sessionCookie: SessionCookie;
  readonly saveEveryRequest: boolean;
  readonly expressCompat: boolean;
  /** Of the sessions of other libraries. */
  readonly importers: readonly SessionImporter[];
  readonly log: { warn(message: string): void; error(error: unknown): void };
}

/** The cookie that holds the session key, less its value and lifetime. */
export interface SessionCookie {
  readonly name: string;
  options(isSecure: () => boolean): CookieOptions;
}
