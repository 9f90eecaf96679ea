import type { Account } from '../account/accounts.js';
import type { Inspection } from '../inspector/inspector.js';
import { inspectorView } from '../inspector/inspector.view.js';
import type { Theme } from '../theme/theme.js';
import { documentView } from './document.view.js';
import { headerView } from './header.view.js';
import { html, type Html } from './html.js';
import type { Page } from './pages.js';

/** Everything that a page shows. */
export interface PageContent extends Page {
  readonly theme: Theme;
  readonly notice: string | undefined;
  readonly problem: string | undefined;
  readonly account: Account | undefined;
  readonly inCart: number;
  readonly inspection: Inspection;
}

export function pageView(content: PageContent): Html {
  const { title, theme, main, inspection } = content;
  return documentView(
    title,
    theme,
    html`${headerView(content)}
      <div class="page">
        <main id="main" tabindex="-1">
          <div id="message" role="status">${messageView(content)}</div>
          ${main}
        </main>
        ${inspectorView(inspection)}
      </div>
      <footer>
        Overprint sells nothing: it is the sample application of nest-sessions. Every form works without JavaScript,
        too.
      </footer>`,
  );
}

/** After a page has loaded, the focus tells of it where no live region does. */
function messageView({ notice, problem }: PageContent): Html | undefined {
  if (problem !== undefined) return html`<p class="message failed" tabindex="-1" autofocus>${problem}</p>`;
  if (notice !== undefined) return html`<p class="message" tabindex="-1" autofocus>${notice}</p>`;
  return undefined;
}
