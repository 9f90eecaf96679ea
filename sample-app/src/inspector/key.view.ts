import { ago } from '../page/duration.js';
import { html, type Html } from '../page/html.js';
import type { Inspection } from './inspector.js';

export function keyView({ inCookie, fingerprint, keySince }: Inspection): Html {
  if (fingerprint === undefined) return html`none: nothing is stored for you`;
  if (inCookie) return html`none: the cookie is the session`;
  return html`<code>${fingerprint}</code> made ${keySince ? ago(keySince) : 'before the last start'}`;
}
