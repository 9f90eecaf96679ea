import type { CookieRow } from './cookie-rows.js';
import { html, type Html } from './html.js';
import type { PageContent } from './page.view.js';
import { buttonFor, entry, entryList, section } from './section.view.js';

export function cookiesSection({ cookies, notice }: PageContent): Html {
  return section(
    'cookies',
    'Cookies',
    notice,
    html`<p>Kept in the browser. Anyone can read a signed one, but nobody can change it unnoticed.</p>
      ${entryList(cookies.map(cookieEntry), 'The browser has sent none.')}
      <form method="post" action="/page/cookies/set" class="fields">
        <label>Name <input name="name" required autocomplete="off" autocapitalize="off" /></label>
        <label>Value <input name="value" required autocomplete="off" autocapitalize="off" /></label>
        <div class="fields">
          <label
            >Seconds to keep it <input name="maxAge" inputmode="numeric" autocomplete="off" aria-describedby="age-hint"
          /></label>
          <label class="choice"><input type="checkbox" name="signed" /> Signed</label>
          <button>Set</button>
        </div>
        <p id="age-hint" class="hint">Without seconds it lasts until the browser is closed.</p>
      </form>`,
  );
}

function cookieEntry({ name, value, kind }: CookieRow): Html {
  const badge = kind !== 'plain' && html`<span class="badge ${kind}">${kind}</span>`;
  const tamper = buttonFor('/page/cookies/tamper', 'name', name, 'Tamper');
  const remove = buttonFor('/page/cookies/delete', 'name', name, 'Delete');
  const actions = { plain: [remove], signed: [tamper, remove], tampered: [remove], session: [] };
  return entry(html`${name} ${badge}`, value, actions[kind]);
}
