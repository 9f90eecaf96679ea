import type { Tally } from './tally.js';

interface Answer {
  /** 0 when none came. */
  readonly status: number;
  readonly cookie: string | undefined;
  readonly body: { readonly data?: Record<string, unknown> };
}

const BURSTS = 3;
const WRITES = 4;
const LOOKS_AFTER_LOGOUT = 3;
const PATIENCE = 20_000;

/** A browser with several tabs: signs in, changes its session in overlapping requests, looks what is there, signs out. */
export class Visitor {
  #cookie: string | undefined;
  /** Values that the application has confirmed. */
  #confirmed = new Map<string, number>();
  #counted = 0;
  /** Requests of which nobody can say what they have done. */
  #unknown = 0;

  constructor(
    private readonly name: string,
    private readonly origin: string,
    private readonly tally: Tally,
  ) {}

  async visitUntil(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.#visit();
  }

  async #visit(): Promise<void> {
    const { status, cookie } = await this.#send('POST', '/login', { user: this.name });
    if (status !== 201 || cookie === undefined) return;
    this.#cookie = cookie;
    this.#confirmed = new Map();
    this.#counted = 0;
    this.#unknown = 0;
    for (let burst = 0; burst < BURSTS; burst++) {
      await Promise.all(
        Array.from({ length: WRITES }, (_, index) => [this.#put(burst * WRITES + index), this.#count()]).flat(),
      );
      await this.#look();
    }
    await this.#signOut();
    this.tally.sessions++;
  }

  async #put(index: number): Promise<void> {
    const { status } = await this.#send('PUT', `/session/item${index}`, { value: index });
    if (status === 200) this.#confirmed.set(`item${index}`, index);
  }

  async #count(): Promise<void> {
    const { status } = await this.#send('POST', '/counter');
    if (status === 201) this.#counted++;
    else this.#unknown++;
  }

  async #look(): Promise<void> {
    const { status, body } = await this.#send('GET', '/session');
    if (status !== 200 || !body.data) return;
    const { data } = body;
    const missing = [...this.#confirmed].filter(([key, value]) => data[key] !== value).map(([key]) => key);
    if (missing.length > 0) this.tally.lost(missing.length, `${this.name} misses ${missing.join(', ')}`);
    const count = Number(data.count ?? 0);
    if (count < this.#counted || count > this.#counted + this.#unknown) {
      const told = `${this.#counted} confirmed and ${this.#unknown} unknown`;
      this.tally.lost(Math.abs(this.#counted - count), `${this.name} was counted ${count} times, with ${told}`);
    }
  }

  /** While other tabs still write. */
  async #signOut(): Promise<void> {
    const stragglers = [this.#put(0), this.#count(), this.#put(1)];
    while ((await this.#send('DELETE', '/session')).status !== 200);
    for (let look = 0; look < LOOKS_AFTER_LOGOUT; look++) {
      if (look === LOOKS_AFTER_LOGOUT - 1) await Promise.all(stragglers);
      const { body } = await this.#send('GET', '/session');
      const left = Object.keys(body.data ?? {});
      if (left.length > 0) this.tally.rose(`${this.name} has signed out and still has ${left.join(', ')}`);
    }
  }

  /** Always with the cookie of the login: what a later answer would take away or replace is not to save us. */
  async #send(method: string, path: string, body?: object): Promise<Answer> {
    const isLogin = path === '/login';
    try {
      const response = await fetch(this.origin + path, {
        method,
        headers: {
          ...(!isLogin && this.#cookie && { Cookie: this.#cookie }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(PATIENCE),
      });
      const text = await response.text();
      this.tally.count(response.status);
      const cookie = response.headers.getSetCookie().find((header) => header.startsWith('sessionid='));
      return { status: response.status, cookie: cookie?.split(';')[0], body: parsed(text) };
    } catch {
      this.tally.count(0);
      return { status: 0, cookie: undefined, body: {} };
    }
  }
}

function parsed(text: string): Answer['body'] {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
