import type { UserSession } from 'nest-sessions';
import { ago } from '../page/duration.js';
import { html, type Html } from '../page/html.js';
import { deviceName } from './device-name.js';

/** @param devices the list, or why there is none */
export function devicesView(devices: readonly UserSession[] | Error): Html {
  return html`<h1>Your devices</h1>
    ${devices instanceof Error ? noList(devices) : deviceList(devices)}`;
}

function noList({ message }: Error): Html {
  return html`<section class="card" aria-labelledby="no-list-title">
    <h2 id="no-list-title">There is no list here</h2>
    <p>${message}</p>
    <p>
      Nothing can be ended from here either: a copy of a session cookie works until it expires. Start the shop with
      <code>SESSION_ENGINE=db</code>, <code>cache</code>, <code>cached_db</code> or <code>file</code> to see your
      devices.
    </p>
  </section>`;
}

function deviceList(devices: readonly UserSession[]): Html {
  return html`<div id="devices" data-live>
    <p>Wherever you are signed in. Who is signed out here cannot even finish a request that is under way.</p>
    <ul class="devices">
      ${devices.map(deviceEntry)}
    </ul>
    ${
      devices.length > 1 &&
      html`<form method="post" action="/devices/revoke-others" data-live>
        <button id="revoke-others">Log out everywhere else</button>
      </form>`
    }
  </div>`;
}

function deviceEntry(
  { handle, userAgent, ipAddress, createdAt, lastSeenAt, current }: UserSession,
  index: number,
): Html {
  const name = deviceName(userAgent);
  return html`<li class="device">
    <div>
      <h2>${name} ${current && html`<span class="badge">this one</span>`}</h2>
      <p class="soft">${ipAddress ?? 'unknown address'} · began ${ago(createdAt)} · last seen ${ago(lastSeenAt)}</p>
    </div>
    ${
      !current &&
      html`<form method="post" action="/devices/revoke" data-live>
        <input type="hidden" name="handle" value="${handle}" />
        <button id="revoke-${index}" class="quiet" aria-label="Sign out ${name}">Sign out</button>
      </form>`
    }
  </li>`;
}
