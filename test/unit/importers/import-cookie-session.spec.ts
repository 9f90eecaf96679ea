import { createHmac } from 'node:crypto';
import { type CookieSessionImportOptions, importCookieSession, SessionOptionsError } from 'nest-sessions';
import { nextYear } from '../../support/old-shops.js';
import { Claims } from './claims.js';

/** As Keygrip signs. */
const signature = (data: string, key: string): string => createHmac('sha1', key).update(data).digest('base64url');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const cookies = (text: string, { name = 'session', key = 'new' } = {}): string =>
  `${name}=${base64(text)}; ${name}.sig=${signature(`${name}=${base64(text)}`, key)}`;

describe('importCookieSession', () => {
  const importing = (options: Partial<CookieSessionImportOptions> = {}): Claims =>
    new Claims(importCookieSession({ keys: ['new', 'old'], until: nextYear(), ...options }));

  it.each(['new', 'old'])('reads what the %s key signed', async (key) => {
    expect(await importing().valuesOf(cookies('{"userId":1,"Grüße":"ÿ"}', { key }))).toEqual({ userId: 1, Grüße: 'ÿ' });
  });

  it('takes one secret, or a Keygrip, in place of keys, and another name', async () => {
    expect(await importing({ keys: undefined, secret: 'new' }).valuesOf(cookies('{"a":1}'))).toEqual({ a: 1 });
    const keygrip = { verify: (data: string, given: string) => given === signature(data, 'its key') };
    expect(await importing({ keys: keygrip }).valuesOf(cookies('{"a":1}', { key: 'its key' }))).toEqual({ a: 1 });
    expect(importing({ keys: keygrip }).of(cookies('{"a":1}'))).toEqual([]);
    expect(await importing({ name: 's' }).valuesOf(cookies('{"a":1}', { name: 's' }))).toEqual({ a: 1 });
  });

  it.each([
    ['another key', cookies('{"a":1}', { key: 'another' })],
    ['no signature', `session=${base64('{"a":1}')}`],
    ['an empty signature', `session=${base64('{"a":1}')}; session.sig=`],
    ['the signature of another cookie', cookies('{"a":1}', { name: 'x' }).replaceAll('x', 'session')],
    [
      'the signature of other data',
      `session=${base64('{"a":2}')}; session.sig=${signature(`session=${base64('{"a":1}')}`, 'new')}`,
    ],
    ['no JSON', cookies('a=1')],
  ])('ignores a cookie with %s, and the log does not show it', (_, header) => {
    const claims = importing();
    expect(claims.of(header)).toEqual([]);
    expect(claims.warnings).toEqual([
      'A cookie "session" of cookie-session is ignored: it was altered, or made with another secret.',
    ]);
  });

  it.each(['null', '[1]', '"text"', '{}', '1'])('finds no session in %s', async (json) => {
    expect(await importing().valuesOf(cookies(json))).toBeUndefined();
  });

  it('has both cookies dropped, with the attributes that they were set with', () => {
    const claims = importing({ path: '/shop', domain: 'example.com', sameSite: 'none' });
    const options = { path: '/shop', domain: 'example.com', sameSite: 'none' };
    expect(claims.of(cookies('{"a":1}'))[0]!.cookies).toEqual([
      { name: 'session', options },
      { name: 'session.sig', options },
    ]);
  });

  it('takes no cookie from the date on', () => {
    const claims = importing();
    const until = new Date(claims.clock.now() + 1000);
    const bounded = importing({ until });
    expect(bounded.of(cookies('{"a":1}'))[0]!.endsAt).toEqual(until);
    bounded.clock.advance(1);
    expect(bounded.of(cookies('{"a":1}'))).toEqual([]);
    expect(bounded.warnings).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no date', { until: undefined }, '"until"'],
    ['no keys', { keys: undefined }, '"keys"'],
    ['an empty list of keys', { keys: [] }, '"keys"'],
    ['an empty key', { keys: ['x', ''] }, '"keys"'],
    ['cookies that were not signed', { signed: false }, '"signed"'],
  ])('refuses %s', (_, options, name) => {
    expect(() => importing(options as never)).toThrow(SessionOptionsError);
    expect(() => importing(options as never)).toThrow(name);
  });
});
