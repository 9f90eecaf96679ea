import { html, type Html } from './html.js';
import type { PageContent } from './page.view.js';
import { buttonFor, entry, entryList, section } from './section.view.js';
import { inWords } from './duration.js';

export function sessionSection({ data, key, place, notice }: PageContent): Html {
  return section(
    'session',
    'Session data',
    notice,
    html`<p>Kept in ${place}.</p>
      ${entryList(data.map(dataEntry), 'Nothing is stored yet.')}
      <form method="post" action="/page/session/set" class="fields">
        <label>Key <input name="key" required autocomplete="off" autocapitalize="off" /></label>
        <label
          >Value <input name="value" required autocomplete="off" autocapitalize="off" aria-describedby="value-hint"
        /></label>
        <button>Store</button>
        <p id="value-hint" class="hint">
          A text, or any JSON: <code>42</code>, <code>[1, 2]</code>, <code>{"theme": "dark"}</code>
        </p>
      </form>
      ${(key !== undefined || data.length > 0) && clearForm}`,
  );
}

const clearForm = html`<form method="post" action="/page/session/clear">
  <button class="danger">Clear the session</button>
</form>`;

function dataEntry([name, value]: readonly [string, unknown]): Html {
  const remove = buttonFor('/page/session/delete', 'key', name, 'Delete');
  return entry(html`${name}`, JSON.stringify(value), [remove]);
}

export function lifetimeSection({ expiryAge, expireAtBrowserClose, notice }: PageContent): Html {
  return section(
    'lifetime',
    'Lifetime',
    notice,
    html`<p>
        The session ends <strong>${inWords(expiryAge)}</strong> after its last
        change${expireAtBrowserClose && html`, and its cookie goes <strong>when the browser closes</strong>`}.
      </p>
      <form method="post" action="/page/lifetime/set" class="fields">
        <label
          >Seconds <input name="seconds" inputmode="numeric" autocomplete="off" aria-describedby="seconds-hint"
        /></label>
        <button>Change</button>
        <p id="seconds-hint" class="hint">0 for as long as the browser is open; nothing for the default.</p>
      </form>`,
  );
}
