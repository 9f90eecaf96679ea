// The parts of a page that change: each has an id and the attribute `data-live`, and is replaced by its successor.

const otherTabs = new BroadcastChannel('shop');
otherTabs.addEventListener('message', () => refresh());

/** Shows what a page of the shop says now that is newer than this one. */
export function show(text) {
  const next = parse(text);
  const focused = document.activeElement?.id;
  for (const part of document.querySelectorAll('[id][data-live]')) {
    const successor = next.getElementById(part.id);
    if (successor) part.replaceWith(successor);
  }
  document.documentElement.dataset.theme = next.documentElement.dataset.theme;
  say(next.querySelector('#message > *'));
  // What had the focus was replaced, or is gone.
  if (document.activeElement === document.body && focused)
    (document.getElementById(focused) ?? document.getElementById('main')).focus();
}

/** Says why the server did not do something. @param text its page about it, if there was an answer at all */
export function complain(text = '') {
  const message = document.createElement('p');
  message.className = 'message failed';
  message.textContent =
    parse(text).getElementById('problem')?.textContent ?? 'The shop cannot be reached. Try again in a moment.';
  say(message);
}

/** The region stays in the page, so that what is new in it is read out. */
function say(message) {
  message?.removeAttribute('autofocus');
  document.getElementById('message').replaceChildren(...(message ? [message] : []));
}

function parse(text) {
  return new DOMParser().parseFromString(text, 'text/html');
}

/** Shows this page as it is now. */
export async function refresh() {
  const response = await fetch(location.href);
  // Sent somewhere else, e.g. to sign in.
  if (response.redirected) location.reload();
  else if (response.ok) show(await response.text());
}

/** To be called when this tab has changed something. */
export function tellOtherTabs() {
  otherTabs.postMessage('changed');
}
