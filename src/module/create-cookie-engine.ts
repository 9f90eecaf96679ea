import { EncryptedCookieEngine, SignedCookieEngine } from '../engines/cookie/index.js';
import type { CookieSessionEngine } from '../engines/cookie-session-engine.js';
import type { Clock } from '../session/clock.js';
import type { CookieEngineName, ResolvedOptions } from './session-options.js';

const FACTORIES: Record<CookieEngineName, (options: ResolvedOptions, clock: Clock) => CookieSessionEngine> = {
  signed_cookies: ({ secret, secretFallbacks, serializer }, clock) =>
    new SignedCookieEngine({ secret, secretFallbacks, clock, charset: serializer ? 'utf8' : 'latin1' }),
  encrypted_cookies: ({ secret, secretFallbacks, cookieName }, clock) =>
    new EncryptedCookieEngine({ secret, secretFallbacks, cookieName, clock }),
};

/** Whether the option `engine` names one of those that keep sessions in the cookie itself. */
export function isCookieEngineName(engine: unknown): engine is CookieEngineName {
  return typeof engine === 'string' && Object.hasOwn(FACTORIES, engine);
}

/** The engine of options for which {@link isCookieEngineName} holds. */
export function createCookieEngine(options: ResolvedOptions, clock: Clock): CookieSessionEngine {
  return FACTORIES[options.engine as CookieEngineName](options, clock);
}
