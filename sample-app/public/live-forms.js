// Sends forms without leaving the page, and shows what has changed.
import { complain, show, tellOtherTabs } from './live-parts.js';

let sent = Promise.resolve();

document.addEventListener('submit', (event) => {
  const { target: form, submitter } = event;
  if (!('live' in form.dataset)) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, submitter));
  // One after the other, because before there is a session each of two would begin one of its own.
  sent = sent.then(() => send(form.action, body)).catch(() => complain());
});

async function send(address, body) {
  const response = await fetch(address, { method: 'POST', body, headers: { Accept: 'text/html' } });
  const text = await response.text();
  if (!response.ok) complain(text);
  // Sent somewhere else, e.g. to sign in.
  else if (new URL(response.url).pathname !== location.pathname) location.assign(response.url);
  else {
    show(text);
    tellOtherTabs();
  }
}
