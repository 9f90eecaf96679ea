import { ENGINES } from '../configuration/configuration.js';
import { html, type Html } from '../page/html.js';
import { changesView } from './changes.view.js';
import { shortened } from './changes.js';
import { expiryView } from './expiry.view.js';
import type { Inspection } from './inspector.js';
import { keyView } from './key.view.js';
import { sizeView } from './size.view.js';

export function inspectorView(inspection: Inspection): Html {
  const { engine, place, cookieName, cookieSecure, entries } = inspection;
  return html`<aside id="inspector" class="inspector" aria-labelledby="inspector-title" data-live>
    <h2 id="inspector-title">Session inspector</h2>
    <dl>
      ${[
        fact('Engine', html`<code>${engine}</code> ${place}`),
        fact('Key', keyView(inspection)),
        fact('Cookie', html`<code>${cookieName}</code> HttpOnly, SameSite=Lax${cookieSecure && ', Secure'}`),
        fact('Ends', expiryView(inspection)),
        fact('Size', sizeView(inspection)),
      ]}
    </dl>
    <h3>Data</h3>
    ${entries.size === 0 ? html`<p>Nothing yet.</p>` : entriesView(entries)}
    <h3>Changed by the last form</h3>
    <div id="changes">${changesView(inspection)}</div>
    ${otherEngines(engine)}
  </aside>`;
}

function fact(term: string, description: Html): Html {
  return html`<div>
    <dt>${term}</dt>
    <dd>${description}</dd>
  </div>`;
}

function entriesView(entries: Inspection['entries']): Html {
  return html`<ul>
    ${[...entries].map(([name, json]) => html`<li><code>${shortened(name)}</code> <code class="value">${shortened(json)}</code></li>`)}
  </ul>`;
}

function otherEngines(engine: Inspection['engine']): Html {
  const others = ENGINES.filter((other) => other !== engine);
  return html`<details>
    <summary>Another engine</summary>
    <ul>
      ${others.map((other) => html`<li><code>SESSION_ENGINE=${other} npm start</code></li>`)}
    </ul>
  </details>`;
}
