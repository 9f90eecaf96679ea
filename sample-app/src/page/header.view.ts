import { themeChoice } from '../theme/theme.view.js';
import { html, type Html } from './html.js';
import type { PageContent } from './page.view.js';

type HeaderContent = Pick<PageContent, 'path' | 'theme' | 'account' | 'inCart'>;

export function headerView({ path, theme, account, inCart }: HeaderContent): Html {
  const link = (to: string, text: string | Html): Html =>
    html`<a href="${to}" ${to === path && html`aria-current="page"`}>${text}</a>`;
  return html`<header id="header" data-live>
    <a class="brand" href="/"><img src="/icon.svg" alt="" width="32" height="32" />Overprint</a>
    <nav aria-label="Shop">
      ${[link('/', 'Prints'), link('/cart', html`Cart <span class="badge">${inCart}</span>`), account ? link('/devices', 'Devices') : link('/sign-in', 'Sign in')]}
    </nav>
    ${
      account &&
      html`<form method="post" action="/sign-out" class="visitor">
        <span>${account.name}</span>
        <button id="sign-out" class="quiet">Sign out</button>
      </form>`
    }
    ${themeChoice(theme, path)}
  </header>`;
}
