import { sealData, unsealData } from 'iron-session';
import { importIronSession, type IronSessionImportOptions, SessionOptionsError } from 'nest-sessions';
import { nextYear } from '../../support/old-shops.js';
import { Claims } from './claims.js';

const OLD = 'the first password, of more than thirty-two letters';
const NEW = 'the second password, of more than thirty-two letters';
const DAY = 24 * 60 * 60;

/** iron-session reads the system's clock. */
function importing(options: Partial<IronSessionImportOptions> = {}): Claims {
  const claims = new Claims(
    importIronSession({ cookieName: 'iron', password: { 1: OLD, 2: NEW }, until: nextYear(), ...options }),
  );
  claims.clock.advance(Math.floor((Date.now() - claims.clock.now()) / 1000));
  return claims;
}

describe('importIronSession', () => {
  let seal: string;
  beforeAll(async () => {
    seal = await sealData({ userId: 1, Grüße: 'ÿ', cart: ['tea'] }, { password: { 1: OLD, 2: NEW } });
  });

  it('opens what iron-session has sealed', async () => {
    expect(await importing().valuesOf(`iron=${seal}`)).toEqual({ userId: 1, Grüße: 'ÿ', cart: ['tea'] });
  });

  it('finds the password by the number in the seal', async () => {
    const old = await sealData({ a: 1 }, { password: OLD });
    expect(await importing().valuesOf(`iron=${old}`)).toEqual({ a: 1 });
    expect(await importing({ password: OLD }).valuesOf(`iron=${old}`)).toEqual({ a: 1 });
    expect(importing({ password: OLD }).of(`iron=${seal}`)).toEqual([]);
    expect(importing({ password: { 1: NEW } }).of(`iron=${old}`)).toEqual([]);
  });

  it.each(Array.from({ length: 60 }, (_, size) => size))(
    'opens %i characters of data, as iron-session does',
    async (size) => {
      const data = { text: 'ü'.repeat(size) };
      const sealed = await sealData(data, { password: NEW });
      expect(await unsealData(sealed, { password: NEW })).toEqual(data);
      expect(await importing({ password: NEW }).valuesOf(`iron=${sealed}`)).toEqual(data);
    },
  );

  it('takes nothing that was altered in any place, and the log does not show it', () => {
    const claims = importing();
    const end = seal.indexOf('~');
    for (let at = 0; at < end; at++) {
      const altered = seal.slice(0, at) + (seal[at] === 'A' ? 'B' : 'A') + seal.slice(at + 1);
      expect([at, claims.of(`iron=${altered}`)]).toEqual([at, []]);
    }
    expect(new Set(claims.warnings)).toEqual(
      new Set(['A cookie "iron" of iron-session is ignored: it was altered, or made with another secret.']),
    );
    expect(claims.warnings).toHaveLength(end);
  });

  it.each(['', 'Fe26.2', 'Fe26.2*******', 'Fe26.2*__proto__*a*b*c*1*d*e', 'Fe26.2*constructor*a*b*c*1*d*e', '%'])(
    'takes no %j',
    (value) => expect(importing().of(`iron=${value}`)).toEqual([]),
  );

  it('knows a session again however its cookie is written', () => {
    const bare = seal.slice(0, seal.indexOf('~'));
    const spellings = [seal, bare, `${bare}~1`, `${bare}~x~y`, seal.replaceAll('*', '%2A'), encodeURIComponent(seal)];
    const ids = spellings.map((value) => importing().of(`iron=${value}`)[0]?.id);
    expect(new Set(ids)).toEqual(new Set([bare]));
  });

  it('takes nothing whose time is over, without a word, nor anything from the date on', async () => {
    const claims = importing();
    expect(claims.of(`iron=${seal}`)[0]!.endsAt!.getTime()).toBeGreaterThan(claims.clock.now() + 13 * DAY * 1000);
    // The seal may be younger than the clock.
    claims.clock.advance(14 * DAY + 60);
    expect(claims.of(`iron=${seal}`)).toEqual([]);
    expect(claims.warnings).toEqual([]);
    const until = new Date(Date.now() + DAY * 1000);
    expect(importing({ until }).of(`iron=${seal}`)[0]!.endsAt).toEqual(until);
    const bounded = importing({ until });
    bounded.clock.advance(DAY + 1);
    expect(bounded.of(`iron=${seal}`)).toEqual([]);
  });

  it('takes what was sealed for ever until the date', async () => {
    const endless = await sealData({ a: 1 }, { password: NEW, ttl: 0 });
    const claims = importing({ password: NEW });
    expect(await claims.valuesOf(`iron=${endless}`)).toEqual({ a: 1 });
    claims.clock.advance(366 * DAY);
    expect(claims.of(`iron=${endless}`)).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no date', { until: undefined }, '"until"'],
    ['no name', { cookieName: undefined }, '"cookieName"'],
    ['no password', { password: undefined }, '"password"'],
    ['an empty password', { password: { 1: '' } }, '"password"'],
  ])('refuses %s', (_, options, name) => {
    expect(() => importing(options as never)).toThrow(SessionOptionsError);
    expect(() => importing(options as never)).toThrow(name);
  });
});
