// Sends two requests at the same time and shows how they overlapped.
import { complain, refresh, tellOtherTabs } from './live-parts.js';

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!form.dataset.twoAtOnce) return;
  event.preventDefault();
  try {
    await addAtOnce(form.action, JSON.parse(form.dataset.twoAtOnce));
    tellOtherTabs();
  } catch {
    complain();
  }
});

async function addAtOnce(address, prints) {
  await send(`${address}/begin`);
  const before = inCart();
  const pair = Math.random().toString(36);
  const start = performance.now();
  const requests = await Promise.all(prints.map(({ id }) => timed(send(`${address}/one`, { print: id, pair }), start)));
  await refresh();
  report(prints, requests, inCart() - before);
}

/** A redirect is not followed: the page is asked for once, when both are through. */
function send(address, fields) {
  return fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
}

/** When a request began and ended, in milliseconds. */
async function timed(request, start) {
  const began = performance.now() - start;
  await request;
  return { began, ended: performance.now() - start };
}

function inCart() {
  return Number(document.querySelector('#header .badge').textContent);
}

function report(prints, requests, added) {
  const longest = Math.max(...requests.map(({ ended }) => ended));
  const overlap = Math.min(...requests.map(({ ended }) => ended)) - Math.max(...requests.map(({ began }) => began));
  const sentence = document.createElement('p');
  sentence.textContent =
    `Two requests, ${Math.round(overlap)} ms of them at the same time: ` +
    (added === prints.length ? 'both prints are in the cart.' : `of ${prints.length} prints ${added} is in the cart.`);
  const list = document.createElement('ul');
  list.className = 'overlap';
  list.append(...prints.map((print, index) => row(print, requests[index], longest)));
  document.getElementById('two-at-once-report').replaceChildren(sentence, list);
}

function row(print, { began, ended }, longest) {
  const item = document.createElement('li');
  const bar = document.createElement('span');
  bar.className = 'bar';
  bar.style.marginLeft = `${(began / longest) * 100}%`;
  bar.style.width = `${((ended - began) / longest) * 100}%`;
  item.append(`${print.title}, ${Math.round(ended - began)} ms`, bar);
  return item;
}
