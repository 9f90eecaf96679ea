import { mkdirSync } from 'node:fs';
import type { Keyv } from 'keyv';
import { djangoInterop, type SessionModuleOptions } from 'nest-sessions';
import type { Configuration } from '../configuration/configuration.js';

/** The options of SessionModule, with the settings that the engine has of its own. Makes the folder for `file`. */
export function sessionOptions(configuration: Configuration, cache: Keyv | undefined): SessionModuleOptions {
  const { engine, secret, cookieAge, absoluteAge, cookieSecure, filePath, djangoVersion } = configuration;
  if (engine === 'file' && filePath) mkdirSync(filePath, { recursive: true, mode: 0o700 });
  return {
    // A table that Django has made has no room for whose a session is.
    ...(djangoVersion === undefined ? { userKey: 'userId' } : djangoInterop({ version: djangoVersion })),
    cookieName: cookieName(configuration),
    engine,
    secret,
    cookieAge,
    absoluteAge,
    cookieSecure,
    filePath,
    cache,
  };
}

const COOKIE = 'sessionid';
/** By its prefix browsers let nobody set the cookie but this host, by HTTPS. */
const HOST_COOKIE = '__Host-sessionid';

export function cookieName({ cookieSecure }: Configuration): string {
  return cookieSecure ? HOST_COOKIE : COOKIE;
}

export const SESSION_COOKIES: readonly string[] = [COOKIE, HOST_COOKIE];
