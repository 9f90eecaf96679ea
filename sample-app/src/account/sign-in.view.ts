import { html, type Html } from '../page/html.js';
import { DEMO_ACCOUNTS } from './accounts.js';

/** @param next the page that follows */
export function signInView(next: string): Html {
  return html`<h1>Sign in</h1>
    <div class="columns">
      <form method="post" action="/sign-in" class="card fields">
        <input type="hidden" name="next" value="${next}" />
        <label
          >Name <input name="user" required autocomplete="username" autocapitalize="off" spellcheck="false"
        /></label>
        <label>Password <input name="password" type="password" required autocomplete="current-password" /></label>
        <label class="choice"><input name="remember" type="checkbox" /> Keep me signed in for 30 days</label>
        <button id="sign-in">Sign in</button>
      </form>
      <section class="card" aria-labelledby="demo-title">
        <h2 id="demo-title">Who you can be</h2>
        <p>Sign in as the same one in two browsers to see two devices.</p>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Password</th>
            </tr>
          </thead>
          <tbody>
            ${DEMO_ACCOUNTS.map(
              ({ id, password }) =>
                html`<tr>
                  <td><code>${id}</code></td>
                  <td><code>${password}</code></td>
                </tr>`,
            )}
          </tbody>
        </table>
      </section>
    </div>`;
}
