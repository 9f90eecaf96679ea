import { fileURLToPath } from 'node:url';
import { ConfigurationError } from './configuration.error.js';
import { developmentSecret } from './development-secret.js';

export const ENGINES = ['db', 'cache', 'cached_db', 'file', 'signed_cookies', 'encrypted_cookies'] as const;

/** What the environment says of this run, checked. */
export interface Configuration {
  readonly port: number;
  readonly engine: (typeof ENGINES)[number];
  readonly secret: string;
  /** Holds what the application makes for itself: the SQLite database, and the secret while developing. */
  readonly dataFolder: string;
  /** PostgreSQL, MySQL or MariaDB in the place of SQLite. */
  readonly databaseUrl?: string;
  /** One server, or nodes of a cluster with commas in between. */
  readonly redisUrl?: string;
  /** Seconds. */
  readonly cookieAge?: number;
  /** Seconds from its beginning after which a session ends, however much it is used. */
  readonly absoluteAge?: number;
  /** Every visitor comes by HTTPS, so that the session cookie need not travel by anything else. */
  readonly cookieSecure?: boolean;
  /** How many proxies stand in front and tell the address of the visitor and whether it came by HTTPS. */
  readonly trustedProxies?: number;
  readonly filePath?: string;
  /** The version of a Django that shares the sessions, e.g. `4.2`. */
  readonly djangoVersion?: string;
}

/** The token to inject a {@link Configuration} by. */
export const Configuration = Symbol('Configuration');

const DAY = 24 * 60 * 60;
const DATA_FOLDER = fileURLToPath(new URL('../../data', import.meta.url));

/**
 * Reads environment variables; an empty one counts as missing.
 *
 * @throws ConfigurationError naming the variable and what it may be
 */
export function readConfiguration(environment: NodeJS.ProcessEnv, dataFolder = DATA_FOLDER): Configuration {
  const read = (name: string): string | undefined => environment[name] || undefined;
  const isProduction = read('NODE_ENV') === 'production';
  return {
    port: wholeNumber('PORT', read('PORT'), 0, 65535) ?? 3000,
    engine: engineName(read('SESSION_ENGINE') ?? 'db'),
    dataFolder,
    databaseUrl: url('DATABASE_URL', read('DATABASE_URL'), ['postgres', 'postgresql', 'mysql', 'mariadb']),
    redisUrl: url('REDIS_URL', read('REDIS_URL'), ['redis', 'rediss']),
    cookieAge: wholeNumber('SESSION_COOKIE_AGE', read('SESSION_COOKIE_AGE'), 1, Number.MAX_SAFE_INTEGER),
    absoluteAge:
      wholeNumber('SESSION_ABSOLUTE_AGE', read('SESSION_ABSOLUTE_AGE'), 1, Number.MAX_SAFE_INTEGER) ??
      (isProduction ? 30 * DAY : undefined),
    cookieSecure: flag('SESSION_COOKIE_SECURE', read('SESSION_COOKIE_SECURE')),
    trustedProxies: wholeNumber('TRUSTED_PROXIES', read('TRUSTED_PROXIES'), 0, 10),
    filePath: read('SESSION_FILE_PATH'),
    djangoVersion: read('DJANGO_VERSION'),
    // Last, because it may write a file, which nobody needs after a mistake in the others.
    secret: read('SECRET_KEY') ?? secretFor(isProduction, dataFolder),
  };
}

function engineName(value: string): Configuration['engine'] {
  const engine = ENGINES.find((name) => name === value);
  if (engine) return engine;
  throw new ConfigurationError(`SESSION_ENGINE is ${JSON.stringify(value)}. Choose one of ${ENGINES.join(', ')}.`);
}

function wholeNumber(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Give a whole number ${range}.`);
}

function flag(name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ConfigurationError(`${name} is ${JSON.stringify(value)}. Give true or false.`);
}

/** The value itself is kept out of the message: it may hold a password. */
function url(name: string, value: string | undefined, schemes: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  const isUrl = (text: string): boolean =>
    URL.canParse(text) && schemes.some((scheme) => text.startsWith(`${scheme}://`));
  if (value.split(',').every(isUrl)) return value;
  throw new ConfigurationError(
    `${name} is not a URL that can be used here. It begins with ${schemes.map((scheme) => `${scheme}://`).join(', ')}.`,
  );
}

function secretFor(isProduction: boolean, dataFolder: string): string {
  if (!isProduction) return developmentSecret(dataFolder);
  throw new ConfigurationError(
    'SECRET_KEY is missing, and in production none is made up. Give a long random text, e.g. from `openssl rand -base64 48`.',
  );
}
