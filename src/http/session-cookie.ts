import { serializeCookie, serializeDeletion } from '../cookies/index.js';
import type { SessionState } from '../session/session-state.js';
import type { HttpMessages } from './http-messages.js';
import type { HttpSettings } from './http-settings.js';

/** Those whose log has the notice: once is enough. */
const noticed = new WeakSet<HttpSettings>();

/** The `Set-Cookie` text that tells the client of its session, or undefined when it knows all there is to know. */
export function sessionCookieText(
  state: SessionState,
  status: number,
  messages: HttpMessages,
  settings: HttpSettings,
): string | undefined {
  if (!state.isLoaded || state.interrupted) return undefined;
  const { cookies, sessions, sessionCookie } = settings;
  const isSecure = (): boolean => messages.isSecure;
  if (state.isEmpty) {
    const isStale = state.accessed && state.candidates.length > 0 && state.removals.size === 0 && !state.isForeign;
    return isStale ? serializeDeletion(sessionCookie.name, sessionCookie.options(isSecure), cookies) : undefined;
  }
  if (!state.written || state.key === undefined) return undefined;
  // With an error the browser keeps what it has, unless that key is dead by now.
  if (status >= 500 && state.candidates.includes(state.key)) return undefined;
  state.accessed = true;
  const attributes = sessionCookie.options(isSecure);
  if (attributes.secure && !messages.isSecure) noticePlainHttp(settings);
  const { expiry } = sessions;
  const lifetime = expiry.atBrowserClose(state.values) ? {} : { maxAge: expiry.age(state.values) };
  return serializeCookie(sessionCookie.name, state.key, { ...attributes, ...lifetime }, cookies);
}

function noticePlainHttp(settings: HttpSettings): void {
  if (noticed.has(settings)) return;
  noticed.add(settings);
  settings.log.warn(
    'A session cookie is sent with Secure (cookieSecure: true) in answer to a request over plain HTTP, so browsers drop ' +
      'it, except on localhost, and every request starts a new session. Serve HTTPS, or set cookieSecure to false where ' +
      "there is none. If a proxy in front does serve HTTPS, have the adapter trust it: app.set('trust proxy', 1) on " +
      "Express, new FastifyAdapter({ trustProxy: '127.0.0.1' }) with the proxy's address on Fastify.",
  );
}
