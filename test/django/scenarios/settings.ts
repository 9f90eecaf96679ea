import type { SessionModuleOptions } from 'nest-sessions';

/** Our name of each of Django's settings. */
const NAMES: Record<string, keyof SessionModuleOptions> = {
  SESSION_COOKIE_NAME: 'cookieName',
  SESSION_COOKIE_AGE: 'cookieAge',
  SESSION_COOKIE_DOMAIN: 'cookieDomain',
  SESSION_COOKIE_PATH: 'cookiePath',
  SESSION_COOKIE_SECURE: 'cookieSecure',
  SESSION_COOKIE_HTTPONLY: 'cookieHttpOnly',
  SESSION_COOKIE_SAMESITE: 'cookieSameSite',
  SESSION_EXPIRE_AT_BROWSER_CLOSE: 'expireAtBrowserClose',
  SESSION_SAVE_EVERY_REQUEST: 'saveEveryRequest',
};

/** The options that say what settings.py says. */
export function optionsOf(settings: Readonly<Record<string, unknown>>): Partial<SessionModuleOptions> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [NAMES[name], optionOf(value)]));
}

function optionOf(value: unknown): unknown {
  if (value === null) return false;
  return typeof value === 'string' && /^(Lax|Strict|None)$/.test(value) ? value.toLowerCase() : value;
}
