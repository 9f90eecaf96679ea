import { mkdirSync } from 'node:fs';
import type { Keyv } from 'keyv';
import type { SessionModuleOptions } from 'nest-sessions';
import type { Configuration } from '../configuration/configuration.js';

/** The options of SessionModule, with the settings that the engine has of its own. Makes the folder for `file`. */
export function sessionOptions(
  { engine, secret, cookieAge, filePath }: Configuration,
  cache: Keyv | undefined,
): SessionModuleOptions {
  if (engine === 'file' && filePath) mkdirSync(filePath, { recursive: true, mode: 0o700 });
  return { engine, secret, cookieAge, filePath, cache };
}
