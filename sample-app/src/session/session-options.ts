import { mkdirSync } from 'node:fs';
import type { Keyv } from 'keyv';
import { djangoInterop, type SessionModuleOptions } from 'nest-sessions';
import type { Configuration } from '../configuration/configuration.js';

/** The options of SessionModule, with the settings that the engine has of its own. Makes the folder for `file`. */
export function sessionOptions(
  { engine, secret, cookieAge, filePath, djangoVersion }: Configuration,
  cache: Keyv | undefined,
): SessionModuleOptions {
  if (engine === 'file' && filePath) mkdirSync(filePath, { recursive: true, mode: 0o700 });
  const shared = djangoVersion === undefined ? {} : djangoInterop({ version: djangoVersion });
  return { ...shared, engine, secret, cookieAge, filePath, cache };
}
