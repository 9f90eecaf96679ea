import { html, type Html } from '../page/html.js';
import type { Print } from './prints.js';

export function pictureOf({ id, picture }: Print): Html {
  return html`<img src="/prints/${id}.svg" alt="${picture}" width="300" height="400" />`;
}
