import { deployFindings, startWarnings } from '../../../src/module/deploy-checks.js';
import { djangoInterop } from '../../../src/module/django-interop.js';
import { resolveOptions } from '../../../src/module/resolve-options.js';
import type { SessionModuleOptions } from '../../../src/module/session-options.js';
import { SECRET } from '../../support/applications.js';

const safe: SessionModuleOptions = {
  secret: SECRET,
  cookieSecure: true,
  cookieName: '__Host-sessionid',
  absoluteAge: 30 * 24 * 60 * 60,
};

const optionsFound = (options: Partial<SessionModuleOptions>): string[] =>
  deployFindings(resolveOptions({ ...safe, ...options })).map(({ option }) => option);

describe('the check for production', () => {
  it('finds nothing in safe settings', () => {
    expect(optionsFound({})).toEqual([]);
    expect(optionsFound({ cookieSameSite: 'strict', cookieAge: 30 * 24 * 60 * 60, pruneInterval: 60 })).toEqual([]);
  });

  it('finds what the defaults leave open', () => {
    expect(deployFindings(resolveOptions({ secret: SECRET })).map(({ option }) => option)).toEqual([
      'cookieSecure',
      'cookieName',
      'absoluteAge',
    ]);
  });

  it.each<[string, Partial<SessionModuleOptions>, string[]]>([
    ['a secret that can be guessed', { secret: 'changeme' }, ['secret']],
    ['a former secret that can be guessed', { secretFallbacks: [SECRET, 'changeme'] }, ['secretFallbacks']],
    ['a cookie over HTTP', { cookieSecure: false, cookieName: 'sessionid' }, ['cookieSecure', 'cookieName']],
    ['a cookie for scripts', { cookieHttpOnly: false }, ['cookieHttpOnly']],
    ['requests of other sites', { cookieSameSite: 'none' }, ['cookieSameSite']],
    ['requests of other sites, left to the browser', { cookieSameSite: false }, ['cookieSameSite']],
    ['a cookie for subdomains', { cookieName: 'sessionid', cookieDomain: 'example.org' }, ['cookieDomain']],
    ['a long life', { cookieAge: 30 * 24 * 60 * 60 + 1 }, ['cookieAge']],
    ['sessions that never end', { absoluteAge: undefined }, ['absoluteAge']],
    ['keys in the clear', { hashKeys: false }, ['hashKeys']],
    ['no pruning of a table', { pruneInterval: false }, ['pruneInterval']],
    ['no pruning of files', { engine: 'file', filePath: '/srv/sessions', pruneInterval: false }, ['pruneInterval']],
    ['files where everybody has files', { engine: 'file' }, ['filePath']],
    ['sessions in memory', { engine: 'cache' }, ['cache']],
    ['copies in memory', { engine: 'cached_db' }, ['cache']],
  ])('finds %s', (_, options, found) => {
    expect(optionsFound(options)).toEqual(found);
  });

  it('asks of no engine what it has not', () => {
    expect(optionsFound({ engine: 'cache', cache: 'CACHE_MANAGER', pruneInterval: false })).toEqual([]);
    expect(optionsFound({ engine: 'encrypted_cookies', hashKeys: false, pruneInterval: false })).toEqual([]);
    expect(optionsFound({ ...djangoInterop({ version: '5.2' }) })).toEqual([]);
    expect(optionsFound({ cookieName: 'sessionid', cookiePath: '/app' })).toEqual([]);
  });

  it('names the option first and never shows a secret', () => {
    const options = { secret: 'changeme', secretFallbacks: ['letmein'], cookieHttpOnly: false, hashKeys: false };
    for (const { option, message } of deployFindings(resolveOptions(options))) {
      expect(message.split(' ')[0]).toBe(option);
      expect(message).not.toMatch(/changeme|letmein/);
    }
  });
});

describe('the log at the start', () => {
  const weak = resolveOptions({ secret: 'changeme' });
  const open = resolveOptions({ secret: SECRET, secretFallbacks: ['changeme'], cookieSecure: false, hashKeys: false });

  it('says in production what is urgent', () => {
    expect(startWarnings(open, 'production')).toEqual([
      expect.stringMatching(/^secretFallbacks /),
      expect.stringMatching(/^cookieSecure is false/),
    ]);
    expect(startWarnings(resolveOptions({ ...safe }), 'production')).toEqual([]);
  });

  it('says while developing that a secret will be refused', () => {
    expect(startWarnings(weak, 'development')).toEqual([expect.stringContaining('NODE_ENV=production')]);
    expect(startWarnings(weak, '')).toHaveLength(1);
    expect(startWarnings(open, 'development')).toEqual([]);
  });

  it('says in any environment that an age looks like milliseconds', () => {
    const inMilliseconds = resolveOptions({ ...safe, cookieAge: 604_800_000 });
    for (const environment of ['production', 'development', 'test']) {
      expect(startWarnings(inMilliseconds, environment)).toEqual([expect.stringMatching(/^cookieAge .*Write 604800 /)]);
    }
    expect(startWarnings(resolveOptions({ ...safe, cookieAge: 400 * 24 * 60 * 60 }), 'production')).toEqual([]);
  });

  it('says nothing else in tests', () => {
    expect(startWarnings(weak, 'test')).toEqual([]);
    expect(startWarnings(open)).toEqual([]);
  });
});
