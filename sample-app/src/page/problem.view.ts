import type { HttpException } from '@nestjs/common';
import { documentView } from './document.view.js';
import { html, type Html } from './html.js';

/** Asks nothing of the session, which may be what has failed. */
export function problemView(problem: HttpException): Html {
  return documentView(
    'Problem',
    'system',
    html`<header>
        <a class="brand" href="/"><img src="/icon.svg" alt="" width="32" height="32" />Overprint</a>
      </header>
      <main id="main" class="problem" tabindex="-1">
        <p class="soft">${problem.getStatus()}</p>
        <h1>That did not work</h1>
        <p id="problem">${problem.message}</p>
        <p><a href="/">To the prints</a></p>
      </main>`,
  );
}
