import { html, type Html } from '../page/html.js';
import type { Change } from './changes.js';
import type { Inspection } from './inspector.js';

export function changesView({ lastChanges, inCookie }: Inspection): Html {
  if (!lastChanges) return html`<p>Nothing since the page before.</p>`;
  const { request, changes, hasNewKey } = lastChanges;
  return html`<p><code>${request}</code></p>
    <ul>
      ${changes.map(changeView)} ${hasNewKey && !inCookie && html`<li>The session has a new key.</li>`}
    </ul>`;
}

function changeView({ name, before, after }: Change): Html {
  if (before === null)
    return html`<li>
      <ins>added <code>${name}</code> <code class="value">${after ?? ''}</code></ins>
    </li>`;
  if (after === null)
    return html`<li>
      <del>removed <code>${name}</code></del>
    </li>`;
  return html`<li>
    changed <code>${name}</code> <code class="value">${before}</code> to <code class="value">${after}</code>
  </li>`;
}
