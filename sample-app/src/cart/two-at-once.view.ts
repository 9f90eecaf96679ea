import { html, type Html } from '../page/html.js';
import { TWO_PRINTS } from './two-at-once.js';

export function twoAtOnceView(inCookies: boolean): Html {
  return html`<section class="card" aria-labelledby="two-at-once-title">
    <h2 id="two-at-once-title">Two tabs at once</h2>
    <p>
      Two requests that overlap: one adds ${TWO_PRINTS[0].title}, the other ${TWO_PRINTS[1].title}, and both have read
      the cart before either stores it. ${inCookies ? IN_COOKIES : ON_THE_SERVER}
    </p>
    <form method="post" action="/cart/two-at-once" data-two-at-once="${JSON.stringify(TWO_PRINTS)}">
      <button id="two-at-once">Add two at once</button>
    </form>
    <div id="two-at-once-report" role="status"></div>
  </section>`;
}

const ON_THE_SERVER = html`With a plain <code>get</code> and <code>set</code> the second would overwrite what the first
  has stored, and a print would be lost. <code>session.compute</code> keeps both.`;

const IN_COOKIES = html`This engine keeps the session in the cookie, and of two answers the browser keeps the later one:
  <strong>a print gets lost</strong>. The engines on the server keep both.`;
