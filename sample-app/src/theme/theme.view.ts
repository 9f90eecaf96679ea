import { html, type Html } from '../page/html.js';
import { type Theme, THEMES } from './theme.js';

const LABELS: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

/** @param back the page to go back to */
export function themeChoice(current: Theme, back: string): Html {
  return html`<form id="theme" method="post" action="/theme" class="themes" data-live aria-label="Theme">
    <input type="hidden" name="back" value="${back}" />
    ${THEMES.map(
      (theme) =>
        html`<button id="theme-${theme}" name="theme" value="${theme}" aria-pressed="${String(theme === current)}">
          ${LABELS[theme]}
        </button>`,
    )}
  </form>`;
}
