import { djangoInterop, type DjangoInteropSettings, encrypted, SessionOptionsError } from 'nest-sessions';
import { resolveOptions } from '../../../src/module/resolve-options.js';
import type { SessionModuleOptions } from '../../../src/module/session-options.js';

const secret = 'a secret that no message may show';

function refusal(settings: object, options: object = {}): string {
  try {
    resolveOptions({ ...djangoInterop(settings as DjangoInteropSettings), secret, ...options } as SessionModuleOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(SessionOptionsError);
    return (error as Error).message;
  }
  throw new Error('Nothing was refused.');
}

describe('djangoInterop', () => {
  it('gives what every Django since 3.2 can read, unless told more', () => {
    expect(djangoInterop()).toEqual({
      hashKeys: false,
      cookieQuoting: 'python',
      signedCookieFormat: 'legacy',
      keySalt: 'django.contrib.sessions.SessionStore',
      interop: { integerExpiry: true, timeZone: undefined },
    });
  });

  it.each([
    ['3.2', true, 'legacy'],
    ['3.2.25', true, 'legacy'],
    ['4.0', true, 'legacy'],
    ['4.1', false, 'legacy'],
    ['4.2.28', false, 'legacy'],
    ['5.2', false, 'legacy'],
    ['5.2.14', false, 'legacy'],
    ['5.2.15', false, 'v2'],
    ['6.0', false, 'legacy'],
    ['6.0.5', false, 'legacy'],
    ['6.0.6', false, 'v2'],
    ['6.1', false, 'v2'],
    ['7.0', false, 'v2'],
  ])('knows what Django %s can read', (version, integerExpiry, signedCookieFormat) => {
    expect(djangoInterop({ version })).toMatchObject({ interop: { integerExpiry }, signedCookieFormat });
  });

  it('lets the salts be told', () => {
    const settings = {
      version: '5.2.17',
      signedCookieSalt: 'legacy',
      keySalt: 'django.contrib.sessions.MyStore',
    } as const;
    expect(djangoInterop(settings)).toMatchObject({ signedCookieFormat: 'legacy', keySalt: settings.keySalt });
    expect(djangoInterop({ version: '3.2', signedCookieSalt: 'v2' })).toMatchObject({ signedCookieFormat: 'v2' });
  });

  it('heeds the time zone only where Django writes local time', () => {
    expect(djangoInterop({ useTz: false, timeZone: 'Europe/Oslo' }).interop.timeZone).toBe('Europe/Oslo');
    expect(djangoInterop({ useTz: true, timeZone: 'Europe/Oslo' }).interop.timeZone).toBeUndefined();
  });

  it.each(['db', 'file', 'signed_cookies'] as const)('goes with the engine %s', (engine) => {
    expect(resolveOptions({ ...djangoInterop(), secret, engine })).toMatchObject({ engine, hashKeys: false });
  });

  it.each<[string, object, object, string[]]>([
    ['the engine cache', {}, { engine: 'cache' }, ["engine: 'cache'", 'pickles', "'db'"]],
    ['the engine cached_db', {}, { engine: 'cached_db' }, ["engine: 'cached_db'", 'logged out', "'db'"]],
    ['the engine encrypted_cookies', {}, { engine: 'encrypted_cookies' }, ['no such engine', "'signed_cookies'"]],
    ['hashed keys', {}, { hashKeys: true }, ['hashKeys: true', 'by the key itself']],
    ['encryption', {}, { serializer: encrypted({ secret }) }, ['encrypted(…)', 'could not read']],
    ['percent signs', {}, { cookieQuoting: 'percent' }, ["cookieQuoting: 'percent'", 'percent signs']],
    ['a part of it, by hand', {}, { interop: {} }, ['"interop"', 'djangoInterop({ ... })']],
    ['an old version', { version: '2.2' }, {}, ['"version"', '"2.2"', '3.2 on']],
    ['no version', { version: 'latest' }, {}, ['"version"', '"latest"']],
    ['local time of nowhere', { useTz: false }, {}, ['"timeZone"', 'missing', 'TIME_ZONE', 'America/Chicago']],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, {}, ['"timeZone"', '"Mars/Olympus"', 'IANA']],
    ['a USE_TZ in words', { useTz: 'True' }, {}, ['"useTz"', 'True', 'true or false']],
    ['an unknown salt of cookies', { signedCookieSalt: 'v3' }, {}, ['"signedCookieSalt"', '"v3"', "'legacy'"]],
    ['a typo', { timezone: 'UTC' }, {}, ['"timezone"', 'not known', 'timeZone']],
  ])('refuses %s, with the reason and the cure', (_, settings, options, parts) => {
    const message = refusal(settings, options);
    for (const part of parts) expect(message).toContain(part);
    expect(message).not.toContain(secret);
  });
});
