import { encrypted } from 'nest-sessions';
import { EncryptedCookieEngine, SignedCookieEngine } from '../../../src/engines/cookie/index.js';
import { dumps, SignedCookieValues, SignedPayload } from '../../../src/signing/index.js';
import { encodeCookieValue } from '../../../src/cookies/index.js';
import { commandResult, type CommandResult, type CommandSurroundings } from '../../support/run-command.js';
import { TestClock } from '../../support/test-clock.js';
import { vectors } from '../../support/vectors.js';

const secret = 'a secret that is never shown';
const clock = new TestClock(Date.now() - 90_000);
const data = { userId: 1, name: 'Bjørn\u009b31m' };

async function decode(
  value: string,
  args: string[] = [],
  surroundings: CommandSurroundings = {},
): Promise<CommandResult> {
  const result = await commandResult(['decode', ...args], { input: `${value}\n${secret}\n`, ...surroundings });
  expect(result.output + result.errors).not.toContain(secret);
  return result;
}

const stored = (text: string): string =>
  new SignedPayload({ secret, salt: 'django.contrib.sessions.SessionStore', clock, charset: 'utf8' }).pack(text, {
    compress: true,
  });
const encryptedCookie = (cookieName: string): string =>
  new EncryptedCookieEngine({ secret, clock, cookieName }).seal(JSON.stringify(data));
const signedCookie = (salt?: string): string =>
  new SignedCookieValues({ secret, clock, format: 'v2' }).sign('theme', 'dark; "blue"', salt);

describe('nest-sessions decode', () => {
  it.each<[string, string, string[]]>([
    ['stored session', stored(JSON.stringify(data)), []],
    [
      'session in a signed cookie',
      new SignedCookieEngine({ secret, clock, charset: 'utf8' }).seal(JSON.stringify(data)),
      [],
    ],
    ['session in an encrypted cookie', encryptedCookie('sessionid'), []],
    ['session in an encrypted cookie', encryptedCookie('__Host-s'), ['--cookie-name', '__Host-s']],
    ['stored session, its data encrypted', stored(encrypted({ secret }).dumps(data)), []],
    ['signed object', dumps(data, { secret, clock, salt: 'invitation' }), ['--salt', 'invitation']],
  ])('shows a %s', async (kind, value, args) => {
    const { code, output, errors } = await decode(value, args);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
    const shown = JSON.parse(output) as { age: number; madeAt: string };
    expect(shown).toMatchObject({ kind, data });
    if (!kind.endsWith('its data encrypted')) expect(shown.age).toBeGreaterThanOrEqual(90);
    expect(shown.age).toBe(Math.floor((Date.now() - Date.parse(shown.madeAt)) / 1000));
  });

  it('shows encrypted session data by itself, under a secret of its own', async () => {
    const { output } = await decode(encrypted({ secret }).dumps(data));
    expect(JSON.parse(output)).toMatchObject({ kind: 'encrypted session data', data });
    const hidden = encrypted({ secret: 'another' }).dumps(data);
    expect(JSON.parse((await decode(stored(hidden))).output)).toMatchObject({ kind: 'stored session', data: hidden });
  });

  it('shows a signed cookie as the header spells it', async () => {
    for (const salt of ['', 'login']) {
      for (const spelling of [
        signedCookie(salt),
        encodeCookieValue(signedCookie(salt), 'percent'),
        encodeCookieValue(signedCookie(salt), 'python'),
        encodeURIComponent(signedCookie(salt)),
      ]) {
        const { output } = await decode(spelling, ['--name', 'theme', '--salt', salt]);
        expect(JSON.parse(output)).toMatchObject({ kind: 'signed cookie', value: 'dark; "blue"' });
      }
    }
  });

  it("shows a session of Django's, its numbers as they stand", async () => {
    const [row] = (vectors.signed_cookie_sessions.encode as { cookie_value: string; value: object }[]).slice(-1);
    const { output } = await commandResult(['decode'], {
      input: row!.cookie_value,
      environment: { NEST_SESSIONS_SECRET: vectors.meta.secret_key },
    });
    expect(JSON.parse(output)).toMatchObject({ kind: 'session in a signed cookie', data: row!.value });
    expect((await decode(stored('{"a": 1.0, "b": 12345678901234567890}'))).output).toContain(
      '"data": {"a": 1.0, "b": 12345678901234567890}',
    );
  });

  it('writes nothing that a terminal would obey', async () => {
    for (const value of [stored(JSON.stringify(data)), stored('no JSON \u001b[31m \u009b31m')]) {
      // eslint-disable-next-line no-control-regex
      expect((await decode(value)).output).toMatch(/^[\n -~]+$/);
    }
  });

  it('shows a text that is no JSON as a string', async () => {
    expect(JSON.parse((await decode(stored('a: 1\nb: 2'))).output)).toMatchObject({ data: 'a: 1\nb: 2' });
  });

  it('says nothing of a value that does not open', async () => {
    const value = stored('{"hidden":1}');
    const altered = `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`;
    const attempts: [string, string[]][] = [
      [altered, []],
      [value, ['--salt', 'other']],
      [value, ['--cookie-name', 'sessionid']],
      [signedCookie(), ['--name', 'colour']],
      [signedCookie(), ['--name', 'theme', '--salt', 'other']],
      [encryptedCookie('other'), []],
      ['nonsense', []],
    ];
    for (const [given, args] of attempts) {
      const result = await decode(given, args);
      expect(result).toEqual({ code: 1, output: '', errors: expect.stringContaining('does not open') });
      expect(result.errors).not.toContain(given);
    }
  });

  it('takes the secret from the environment, and reads one line then', async () => {
    const surroundings = { input: stored('{"a":1}'), environment: { NEST_SESSIONS_SECRET: secret } };
    expect(await decode('', [], surroundings)).toMatchObject({ code: 0, errors: '' });
  });

  it('asks on a terminal, and does not show the secret', async () => {
    const value = stored('{"a":1}');
    const { code, output, errors } = await decode(value, [], { isTTY: true });
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ data: { a: 1 } });
    expect(errors).toContain('Value: ');
    expect(errors).toContain(value.slice(0, 4));
    expect(errors).toContain('Secret (not shown): \n');
  });

  it('does not show a secret that is pasted after the value unasked', async () => {
    const environment = { NEST_SESSIONS_SECRET: secret };
    expect(await decode(stored('{}'), [], { isTTY: true, environment })).toMatchObject({ code: 0 });
  });

  it.each<[string, string[], CommandSurroundings, string]>([
    ['no input', [], { input: '' }, 'There is no value'],
    ['no secret', [], { input: 'value\n' }, 'There is no secret'],
    ['an empty secret', [], { input: 'value\n\n' }, 'There is no secret'],
    ['a value among the arguments', ['value'], {}, 'reads the value from standard input'],
    ['a secret among the arguments', ['--secret', secret], {}, "Unknown option '--secret'"],
    ['names that exclude each other', ['--cookie-name', 'a', '--name', 'b'], {}, '--cookie-name is for'],
  ])('explains itself when there is %s', async (_, args, surroundings, message) => {
    expect(await decode('value', args, surroundings)).toEqual({
      code: 2,
      output: '',
      errors: expect.stringContaining(message),
    });
  });
});
