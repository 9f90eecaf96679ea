import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionOptionsError } from 'nest-sessions';
import { ConfigurationError } from '../../sample-app/src/configuration/configuration.error.js';
import { readConfiguration } from '../../sample-app/src/configuration/configuration.js';
import { databaseOptions, needsDatabase } from '../../sample-app/src/configuration/database-options.js';
import { explainFailure } from '../../sample-app/src/explain-failure.js';
import { placeOf } from '../../sample-app/src/configuration/place.js';

describe('The configuration of the sample application', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sample-app-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  const read = (environment: NodeJS.ProcessEnv) => readConfiguration({ SECRET_KEY: 'secret', ...environment }, folder);

  it('needs nothing', () => {
    const configuration = readConfiguration({ PORT: '', DATABASE_URL: '' }, folder);
    expect(configuration).toMatchObject({ port: 3000, engine: 'db' });
    expect(configuration.databaseUrl).toBeUndefined();
    expect(configuration.absoluteAge).toBeUndefined();
    expect(configuration.cookieSecure).toBeUndefined();
  });

  it('reads what is set', () => {
    expect(
      read({
        PORT: '8080',
        SESSION_ENGINE: 'file',
        SESSION_FILE_PATH: 'sessions',
        SESSION_COOKIE_AGE: '60',
        SESSION_ABSOLUTE_AGE: '3600',
        SESSION_COOKIE_SECURE: 'true',
        TRUSTED_PROXIES: '1',
        DATABASE_URL: 'postgres://localhost/shop',
        REDIS_URL: 'redis://localhost',
      }),
    ).toEqual({
      port: 8080,
      engine: 'file',
      filePath: 'sessions',
      cookieAge: 60,
      absoluteAge: 3600,
      cookieSecure: true,
      trustedProxies: 1,
      databaseUrl: 'postgres://localhost/shop',
      redisUrl: 'redis://localhost',
      secret: 'secret',
      dataFolder: folder,
    });
  });

  it.each([
    ['PORT', 'http', /whole number from 0 to 65535/],
    ['PORT', '65536', /whole number from 0 to 65535/],
    ['PORT', '-1', /whole number/],
    ['SESSION_COOKIE_AGE', '1.5', /whole number of at least 1/],
    ['SESSION_COOKIE_AGE', '0', /whole number of at least 1/],
    ['SESSION_ABSOLUTE_AGE', '0', /whole number of at least 1/],
    ['SESSION_COOKIE_SECURE', 'yes', /Give true or false/],
    ['TRUSTED_PROXIES', 'all', /whole number from 0 to 10/],
    ['SESSION_ENGINE', 'mongo', /Choose one of db, cache, cached_db, file, signed_cookies, encrypted_cookies/],
    ['DATABASE_URL', 'oracle://system:tiger@localhost', /begins with postgres:/],
    ['DATABASE_URL', 'postgres', /begins with postgres:/],
    ['REDIS_URL', 'localhost:6379', /begins with redis:/],
  ])('refuses %s=%s and says what it may be', (name, value, cure) => {
    expect(() => read({ [name]: value })).toThrow(ConfigurationError);
    expect(() => read({ [name]: value })).toThrow(cure);
    expect(() => read({ [name]: value })).toThrow(name);
  });

  it('keeps passwords out of its errors', () => {
    expect(() => read({ DATABASE_URL: 'oracle://system:tiger@localhost' })).not.toThrow(/tiger/);
  });

  it('demands a secret in production', async () => {
    expect(() => readConfiguration({ NODE_ENV: 'production' }, folder)).toThrow(/^SECRET_KEY is missing/);
    await expect(stat(join(folder, 'secret-key'))).rejects.toThrow('ENOENT');
  });

  it('ends sessions after 30 days in production, or when it is told to', () => {
    expect(read({ NODE_ENV: 'production' }).absoluteAge).toBe(30 * 24 * 60 * 60);
    expect(read({ NODE_ENV: 'production', SESSION_ABSOLUTE_AGE: '60' }).absoluteAge).toBe(60);
  });

  it('makes a secret while developing, keeps it from other users, and uses it again', async () => {
    const data = join(folder, 'new', 'data');
    const { secret } = readConfiguration({}, data);
    expect(secret).toMatch(/^[\w-]{64}$/);
    expect((await stat(join(data, 'secret-key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(data, 'secret-key'), 'utf8')).toBe(secret);
    expect(readConfiguration({}, data).secret).toBe(secret);
  });

  it.each([
    ['postgres://localhost/shop', 'postgres'],
    ['postgresql://localhost/shop', 'postgres'],
    ['mysql://localhost/shop', 'mysql'],
    ['mariadb://localhost/shop', 'mariadb'],
    ['', 'better-sqlite3'],
  ])('takes the database of DATABASE_URL=%s to be of type %s', (url, type) => {
    expect(databaseOptions(read({ DATABASE_URL: url }))).toMatchObject({ type });
  });

  it.each([
    ['db', true],
    ['cached_db', true],
    ['cache', false],
    ['file', false],
    ['signed_cookies', false],
    ['encrypted_cookies', false],
  ])('asks for a database with the engine %s: %s', (engine, needed) => {
    const configuration = read({ SESSION_ENGINE: engine });
    expect(needsDatabase(configuration)).toBe(needed);
    expect(placeOf(configuration)).toMatch(needed ? /table of SQLite/ : /^(?!.*SQLite)/);
  });

  it.each([
    [new ConfigurationError('PORT is "x".'), 'PORT is "x".'],
    [new SessionOptionsError('The option …'), 'The option …'],
    [Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE', port: 80 }), /^Port 80 is in use already/],
    [Object.assign(new Error('no such host'), { code: 'ENOTFOUND' }), 'ENOTFOUND: no such host'],
    [Object.assign(new Error('EACCES: no access'), { code: 'EACCES' }), 'EACCES: no access'],
    [new AggregateError([Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })]), 'ECONNREFUSED: refused'],
    [new TypeError('oops'), /TypeError: oops\n +at /],
    ['just a text', 'just a text'],
  ])('explains why the start failed: %s', (error, explanation) => {
    expect(explainFailure(error)).toEqual(
      typeof explanation === 'string' ? explanation : expect.stringMatching(explanation),
    );
  });
});
