import { html, type Html } from './html.js';
import type { PageContent } from './page.view.js';
import { section } from './section.view.js';

export function counterSection({ count, engine, notice }: PageContent): Html {
  return section(
    'counter',
    'Counter',
    notice,
    html`<p>
        ${
          engine.endsWith('_cookies')
            ? 'Of two tabs that count at once, a session in a cookie keeps one.'
            : 'Loses nothing, even if two tabs count at once.'
        }
      </p>
      <form method="post" action="/page/counter/increment" class="counter">
        <output>${count}</output>
        <button>Count up</button>
      </form>`,
  );
}

export function accountSection({ user, notice }: PageContent): Html {
  return section(
    'account',
    'Account',
    notice,
    html`${user === undefined ? loginForm : signedIn(user)}
      <p><a href="/me">Open /me</a>, which a guard keeps for those who are signed in.</p>`,
  );
}

const loginForm = html`<p>Any name will do. Signing in gives the session a new key and keeps its data.</p>
  <form method="post" action="/page/account/login" class="fields">
    <label>Name <input name="user" required autocomplete="username" /></label>
    <button>Sign in</button>
  </form>`;

function signedIn(user: string): Html {
  return html`<p>You are signed in as <strong>${user}</strong>.</p>
    <form method="post" action="/page/account/logout"><button class="danger">Sign out</button></form>`;
}
