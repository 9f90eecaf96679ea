import { hashPassword, isPassword } from '../../sample-app/src/account/password.js';
import { changed, countOf, linesOf, totalOf, without } from '../../sample-app/src/cart/cart.js';
import { Rendezvous } from '../../sample-app/src/cart/rendezvous.js';
import { findPrint } from '../../sample-app/src/catalogue/prints.js';
import { deviceName } from '../../sample-app/src/devices/device-name.js';
import { changesBetween } from '../../sample-app/src/inspector/changes.js';
import { inWords } from '../../sample-app/src/page/duration.js';
import { html } from '../../sample-app/src/page/html.js';

describe('Parts of the sample application', () => {
  const reeds = findPrint('reeds')!;
  const orchard = findPrint('orchard')!;

  it('count prints in a cart from 1 to 99', () => {
    expect(changed(undefined, reeds, 1)).toEqual({ reeds: 1 });
    expect(changed({ reeds: 2 }, orchard, 1)).toEqual({ orchard: 1, reeds: 2 });
    expect(changed({ reeds: 1, orchard: 1 }, reeds, -1)).toEqual({ orchard: 1 });
    expect(changed({ reeds: 99 }, reeds, 1)).toEqual({ reeds: 99 });
    expect(changed({}, reeds, -1)).toEqual({});
  });

  it('leave in the cart what came after an order was made up', () => {
    const ordered = linesOf({ reeds: 2, orchard: 1 });
    expect([countOf(ordered), totalOf(ordered)]).toEqual([3, 2 * reeds.price + orchard.price]);
    expect(without({ reeds: 3, orchard: 1 }, ordered)).toEqual({ reeds: 1 });
    expect(without(undefined, ordered)).toEqual({});
  });

  it('know a password by its hash, which is another one each time', async () => {
    const [hash, again] = await Promise.all([hashPassword('pässword'), hashPassword('pässword')]);
    expect(hash).not.toBe(again);
    expect(hash).not.toContain('pässword');
    expect(await isPassword('pässword', hash)).toBe(true);
    // The same letters in the other form that Unicode has for them.
    expect(await isPassword('pa\u0308ssword', hash)).toBe(true);
    expect(await isPassword('password', hash)).toBe(false);
  });

  it('let two requests wait for each other, and nobody for ever', async () => {
    const patient = new Rendezvous(1_000_000);
    await Promise.all([patient.meet('a'), patient.meet('b'), patient.meet('a'), patient.meet('b')]);
    await new Rendezvous(1).meet('alone');
  });

  it.each([
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Windows'],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge on Windows',
    ],
    ['Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36', 'Chrome on Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1', 'Safari on iPhone'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15', 'Safari on macOS'],
    ['curl/8.15.0', 'curl'],
    [undefined, 'Some program'],
  ])('call %s by the name %s', (userAgent, name) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it('tell what was added, changed and removed, even far behind what is shown of it', () => {
    const long = 'x'.repeat(200);
    const before = new Map([
      ['same', '1'],
      ['long', `"${long}"`],
      ['gone', '2'],
    ]);
    const after = new Map([
      ['same', '1'],
      ['long', `"${long}y"`],
      ['new', '3'],
    ]);
    expect(changesBetween(before, after)).toEqual([
      { name: 'long', before: expect.stringMatching(/^"x+…$/), after: expect.stringMatching(/^"x+…$/) },
      { name: 'gone', before: '2', after: null },
      { name: 'new', before: null, after: '3' },
    ]);
  });

  it.each([
    [0, '0 seconds'],
    [1, '1 second'],
    [3600, '1 hour'],
    [93784, '1 day 2 hours'],
    [-5, '0 seconds'],
  ])('write %d seconds as %s', (seconds, words) => {
    expect(inWords(seconds)).toBe(words);
  });

  it('escape texts in templates, and take markup as it is', () => {
    const items = ['<b>', 1].map((text) => html`<li>${text}</li>`);
    expect(html`<p title="${'"'}">${items}${undefined}${false}${''}</p>`.toString()).toBe(
      '<p title="&quot;"><li>&lt;b&gt;</li>\n<li>1</li></p>',
    );
  });
});
