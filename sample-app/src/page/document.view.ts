import type { Theme } from '../theme/theme.js';
import { html, type Html } from './html.js';

export function documentView(title: string, theme: Theme, body: Html): Html {
  return html`<!doctype html>
    <html lang="en" data-theme="${theme}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – Overprint</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
        <link rel="stylesheet" href="/shop.css" />
        <link rel="stylesheet" href="/inspector.css" />
        <script type="module" src="/shop.js"></script>
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        ${body}
      </body>
    </html> `;
}
