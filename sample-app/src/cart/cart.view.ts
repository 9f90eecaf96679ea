import { pictureOf } from '../catalogue/picture.view.js';
import { html, type Html } from '../page/html.js';
import { type CartLine, countOf, totalOf } from './cart.js';
import { twoAtOnceView } from './two-at-once.view.js';

export function cartView(lines: readonly CartLine[], inCookies: boolean): Html {
  return html`<h1>Your cart</h1>
    <div id="cart" data-live>${lines.length === 0 ? EMPTY : filled(lines)}</div>
    ${twoAtOnceView(inCookies)}`;
}

const EMPTY = html`<p class="empty">There is nothing in it yet. <a href="/">Have a look at the prints</a></p>`;

function filled(lines: readonly CartLine[]): Html {
  return html`<ul class="lines">
      ${lines.map(cartLine)}
    </ul>
    <form method="post" action="/cart/order" class="total">
      <p>
        ${countOf(lines)} ${countOf(lines) === 1 ? 'print' : 'prints'},
        <strong class="price">€ ${totalOf(lines)}</strong>
      </p>
      <button id="order">Order</button>
    </form>`;
}

function cartLine({ print, quantity }: CartLine): Html {
  return html`<li class="line">
    ${pictureOf(print)}
    <div>
      <h2>${print.title}</h2>
      <p class="soft">€ ${print.price} each</p>
    </div>
    <div class="quantity">
      ${quantityButton('fewer', '−', `One ${print.title} fewer`, print.id)}
      <span>${quantity}</span>
      ${quantityButton('more', '+', `One ${print.title} more`, print.id)}
    </div>
    <span class="price">€ ${quantity * print.price}</span>
  </li>`;
}

function quantityButton(action: 'more' | 'fewer', sign: string, label: string, id: string): Html {
  return html`<form method="post" action="/cart/${action}" data-live>
    <input type="hidden" name="print" value="${id}" />
    <button id="${action}-${id}" class="quiet" aria-label="${label}">${sign}</button>
  </form>`;
}
