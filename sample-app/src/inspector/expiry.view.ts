import { inWords } from '../page/duration.js';
import { html, type Html } from '../page/html.js';
import type { Inspection } from './inspector.js';

export function expiryView({ fingerprint, expiresAt, inCookie, expireAtBrowserClose, absoluteAge }: Inspection): Html {
  if (fingerprint === undefined) return html`never: there is none`;
  const left = inWords((expiresAt.getTime() - Date.now()) / 1000);
  return html`${inCookie ? html`${left} after its last change` : countdown(expiresAt, left)}${
    expireAtBrowserClose && html`, and when the browser closes`
  }${absoluteAge !== undefined && html`, at the latest ${inWords(absoluteAge)} after it began`}`;
}

/** A visit renews the session, so it ends its whole age after this page was shown. A script lets the time tick. */
function countdown(expiresAt: Date, left: string): Html {
  return html`in <time datetime="${expiresAt.toISOString()}" data-countdown>${left}</time>`;
}
