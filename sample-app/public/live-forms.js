// Sends forms without leaving the page, and shows what has changed.
import { complain, show, tellOtherTabs } from './live-parts.js';

document.addEventListener('submit', async (event) => {
  const { target: form, submitter } = event;
  if (!('live' in form.dataset)) return;
  event.preventDefault();
  try {
    const body = new URLSearchParams(new FormData(form, submitter));
    const response = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'text/html' } });
    const text = await response.text();
    if (!response.ok) complain(text);
    // Sent somewhere else, e.g. to sign in.
    else if (new URL(response.url).pathname !== location.pathname) location.assign(response.url);
    else {
      show(text);
      tellOtherTabs();
    }
  } catch {
    complain();
  }
});
