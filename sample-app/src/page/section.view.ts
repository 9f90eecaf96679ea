import { html, type Html } from './html.js';
import type { Notice, Section } from './notice.js';

/** A part of the page, with the notice if it is for this one. */
export function section(id: Section, title: string, notice: Notice | undefined, content: Html): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${notice?.section === id && noticeBox(notice)} ${content}
  </section>`;
}

function noticeBox({ text, failed }: Notice): Html {
  return failed
    ? html`<p class="notice failed" role="alert">${text}</p>`
    : html`<p class="notice" role="status">${text}</p>`;
}

/** Named values with what can be done to each, or what to say when there are none. */
export function entryList(entries: readonly Html[], whenEmpty: string): Html {
  if (entries.length === 0) return html`<p class="empty">${whenEmpty}</p>`;
  return html`<ul>
    ${entries}
  </ul>`;
}

export function entry(name: Html, value: string, actions: readonly Html[]): Html {
  return html`<li>
    <div class="name">${name}</div>
    <code>${value}</code>
    <div class="actions">${actions}</div>
  </li>`;
}

/** A form of a single button that does something to the thing of that name. */
export function buttonFor(action: string, field: string, name: string, label: string): Html {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="${field}" value="${name}" />
    <button class="quiet" aria-label="${label} ${name}">${label}</button>
  </form>`;
}
