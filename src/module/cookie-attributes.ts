import type { CookieOptions } from '../cookies/index.js';
import type { ResolvedOptions } from './session-options.js';

/** The attributes of the session cookie, made once for HTTP and once for HTTPS. */
export function cookieAttributes(options: ResolvedOptions): (isSecure: () => boolean) => CookieOptions {
  const attributes = {
    path: options.cookiePath,
    domain: options.cookieDomain,
    httpOnly: options.cookieHttpOnly,
    sameSite: options.cookieSameSite,
    partitioned: options.cookiePartitioned,
    priority: options.cookiePriority,
  };
  const { cookieSecure } = options;
  const overHttp = Object.freeze({ ...attributes, secure: cookieSecure === true });
  const overHttps = Object.freeze({ ...attributes, secure: cookieSecure !== false });
  return (isSecure) => (cookieSecure === 'auto' && isSecure() ? overHttps : overHttp);
}
