import type { Configuration } from './configuration.js';
import { databaseName } from './database-options.js';

/** Where the engine keeps sessions, in words. */
export function placeOf(configuration: Configuration): string {
  const database = databaseName(configuration);
  const cache = configuration.redisUrl ? 'Redis' : 'the memory of the server';
  switch (configuration.engine) {
    case 'db':
      return `a table of ${database}`;
    case 'cache':
      return cache;
    case 'cached_db':
      return `a table of ${database}, with a copy in ${cache}`;
    case 'file':
      return 'a file on the server';
    case 'signed_cookies':
      return 'the cookie itself, signed';
    case 'encrypted_cookies':
      return 'the cookie itself, encrypted';
  }
}

/** Whether the browser has the whole session, and the server nothing. */
export function keepsSessionsInCookies({ engine }: Configuration): boolean {
  return engine === 'signed_cookies' || engine === 'encrypted_cookies';
}
