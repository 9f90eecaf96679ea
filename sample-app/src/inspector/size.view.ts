import { html, type Html } from '../page/html.js';
import type { Inspection } from './inspector.js';

/** Name and value of a cookie together. */
const MOST_COOKIE_BYTES = 4096;

export function sizeView({ bytes, inCookie }: Inspection): Html {
  if (!inCookie) return html`${bytes} bytes of JSON`;
  return html`${bytes} bytes of JSON, in a cookie of at most ${MOST_COOKIE_BYTES}`;
}
