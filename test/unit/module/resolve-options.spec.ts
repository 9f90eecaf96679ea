import { SessionOptionsError } from '../../../src/errors/index.js';
import { resolveOptions } from '../../../src/module/resolve-options.js';
import type { SessionModuleOptions } from '../../../src/module/session-options.js';

const secret = 'a secret that no message may show';

function message(options: object): string {
  try {
    resolveOptions({ secret, ...options } as SessionModuleOptions);
  } catch (error) {
    expect(error).toBeInstanceOf(SessionOptionsError);
    return (error as Error).message;
  }
  throw new Error('Nothing was refused.');
}

describe('the options of the module', () => {
  it('have the defaults of Django, less the deliberate differences', () => {
    expect(resolveOptions({ secret })).toMatchObject({
      engine: 'db',
      secretFallbacks: [],
      cookieName: 'sessionid',
      cookiePath: '/',
      cookieAge: 1209600,
      cookieSecure: 'auto',
      cookieHttpOnly: true,
      cookieSameSite: 'lax',
      expireAtBrowserClose: false,
      saveEveryRequest: false,
      touchAfter: 0,
      hashKeys: true,
      pruneInterval: 3600,
    });
  });

  it('are frozen, and what the application gave is not changed', () => {
    const given = { secret, cookieName: undefined };
    expect(Object.isFrozen(resolveOptions(given))).toBe(true);
    expect(given).toEqual({ secret, cookieName: undefined });
    expect(resolveOptions(given).cookieName).toBe('sessionid');
  });

  it.each<[string, object, string[]]>([
    ['no secret', { secret: undefined }, ['"secret"', 'missing', 'openssl rand']],
    ['an empty secret', { secret: '' }, ['"secret"', 'openssl rand']],
    ['a secret that is no text', { secret: 42 }, ['"secret"']],
    ['an empty fallback', { secretFallbacks: [''] }, ['"secretFallbacks"']],
    ['a negative age', { cookieAge: -1 }, ['"cookieAge"', '-1', 'seconds']],
    ['an age in words', { cookieAge: '2 weeks' }, ['"cookieAge"', '"2 weeks"', 'seconds']],
    ['an age that is not a number', { cookieAge: NaN }, ['"cookieAge"', 'NaN']],
    ['an unknown SameSite', { cookieSameSite: 'Lax ' }, ['"cookieSameSite"', '"Lax "', '"lax"']],
    ['an engine that is a number', { engine: 5 }, ['"engine"', '5', "'db'", "'cached_db'"]],
    ['a path without a slash', { cookiePath: 'app' }, ['"cookiePath"', '"app"', "'/'"]],
    ['a serializer without loads', { serializer: { dumps: String } }, ['"serializer"', 'loads']],
    ['what imports nothing', { importFrom: [{}] }, ['"importFrom"', 'importExpressSession']],
    ['null in place of an importer', { importFrom: null }, ['"importFrom"']],
    [
      'the name of a cookie that is imported',
      { cookieName: 'sid', importFrom: { cookieNames: ['sid'], claims: () => [] } },
      ['"cookieName"', '"sid"', '"importFrom"'],
    ],
    ['SameSite=None without Secure', { cookieSameSite: 'none' }, ['SameSite', 'ecure']],
    ['Partitioned without Secure', { cookiePartitioned: true }, ['artitioned', 'ecure']],
    ['a __Host- cookie without Secure', { cookieName: '__Host-sid' }, ['__Host-', 'ecure']],
    [
      'a __Host- cookie with a domain',
      { cookieName: '__Host-sid', cookieSecure: true, cookieDomain: 'x.org' },
      ['omain'],
    ],
    ['a cookie name with a space', { cookieName: 'my session' }, ['my session']],
    ['a domain that injects', { cookieDomain: 'x.org; HttpOnly' }, ['omain']],
    ['touchAfter alone', { touchAfter: 60 }, ['"touchAfter"', 'saveEveryRequest']],
    ['a prune interval of 0', { pruneInterval: 0 }, ['"pruneInterval"', 'false']],
    ['a typo', { cookieAges: 5 }, ['"cookieAges"', 'cookieAge']],
    ["Django's name", { SESSION_COOKIE_AGE: 5 }, ['"SESSION_COOKIE_AGE"', 'Did you mean "cookieAge"']],
    ['__proto__', JSON.parse('{"__proto__": 1}') as object, ['"__proto__"']],
  ])('refuse %s, naming option, value and cure', (_, options, parts) => {
    const text = message(options);
    for (const part of parts) expect(text).toContain(part);
    expect(text).not.toContain(secret);
  });

  it('refuse nothing at all with a hint', () => {
    expect(() => resolveOptions(undefined as never)).toThrow('SessionModule.forRoot({ secret');
  });
});
