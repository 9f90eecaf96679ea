import type { Configuration } from '../configuration/configuration.js';
import { databaseName } from '../configuration/database-options.js';

/** Where the engine keeps sessions, as the end of a sentence. */
export function placeOf(configuration: Configuration): string {
  const database = databaseName(configuration);
  const cache = configuration.redisUrl ? 'Redis' : 'the memory of the server';
  switch (configuration.engine) {
    case 'db':
      return `a table of ${database}; the browser has only the key`;
    case 'cache':
      return `${cache}; the browser has only the key`;
    case 'cached_db':
      return `a table of ${database}, with a copy in ${cache}; the browser has only the key`;
    case 'file':
      return 'a file on the server; the browser has only its key';
    case 'signed_cookies':
      return 'a signed cookie: the visitor can read it, but not change it';
    case 'encrypted_cookies':
      return 'an encrypted cookie, which only the server can read';
  }
}
