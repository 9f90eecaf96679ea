import type { CookieRow } from './cookie-rows.js';
import { accountSection, counterSection } from './account.view.js';
import { cookiesSection } from './cookies.view.js';
import { html, type Html } from './html.js';
import type { Notice } from './notice.js';
import { lifetimeSection, sessionSection } from './session.view.js';
import { inWords } from './duration.js';

/** Everything that the page shows. */
export interface PageContent {
  readonly engine: string;
  /** Where the engine keeps sessions, in words. */
  readonly place: string;
  readonly notice: Notice | undefined;
  /** The beginning of the session key; undefined when nothing is stored. */
  readonly key: string | undefined;
  readonly data: readonly [name: string, value: unknown][];
  readonly user: string | undefined;
  readonly count: string;
  /** Seconds. */
  readonly expiryAge: number;
  readonly expireAtBrowserClose: boolean;
  readonly cookies: readonly CookieRow[];
}

export function renderPage(content: PageContent): Html {
  const { engine, key, user } = content;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>nest-sessions</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <h1>nest-sessions</h1>
          <p>
            Django’s cookies and sessions on Nest. Everything here works by clicking, without a line of JavaScript in
            the page.
          </p>
          <dl class="facts">
            <div>
              <dt>Engine</dt>
              <dd><code>${engine}</code></dd>
            </div>
            <div>
              <dt>Session</dt>
              <dd>${key ? html`<code>${key}</code>` : 'none yet'}</dd>
            </div>
            <div>
              <dt>Lifetime</dt>
              <dd>${lifetimeInWords(content)}</dd>
            </div>
            <div>
              <dt>Visitor</dt>
              <dd>${user ?? 'not signed in'}</dd>
            </div>
          </dl>
        </header>
        <main>
          ${[sessionSection(content), cookiesSection(content), counterSection(content), accountSection(content), lifetimeSection(content)]}
        </main>
      </body>
    </html> `;
}

function lifetimeInWords({ expiryAge, expireAtBrowserClose }: PageContent): string {
  return expireAtBrowserClose ? 'until the browser closes' : inWords(expiryAge);
}
