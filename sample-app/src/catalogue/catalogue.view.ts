import { html, type Html } from '../page/html.js';
import { pictureOf } from './picture.view.js';
import { type Print, PRINTS } from './prints.js';

export function catalogueView(): Html {
  return html`<div class="intro">
      <h1>Small editions, two inks</h1>
      <p>Where the inks overlap, both stay visible. So it is with the requests of this shop: nothing gets lost.</p>
    </div>
    <ul class="prints">
      ${PRINTS.map(printCard)}
    </ul>`;
}

function printCard(print: Print): Html {
  return html`<li class="print">
    ${pictureOf(print)}
    <h2>${print.title}</h2>
    <p class="soft">${print.inks}</p>
    <form method="post" action="/cart/add" data-live>
      <input type="hidden" name="print" value="${print.id}" />
      <span class="price">€ ${print.price}</span>
      <button id="add-${print.id}" aria-label="Add to cart: ${print.title}">Add to cart</button>
    </form>
  </li>`;
}
