import type { Work } from '../subjects/catalogue.js';
import { type Answer, Connection } from './connection.js';

const ROUTES: Record<Work, { readonly line: string; readonly status: number }> = {
  untouched: { line: 'GET /untouched', status: 200 },
  read: { line: 'GET /read', status: 200 },
  write: { line: 'POST /write', status: 201 },
  new: { line: 'POST /new', status: 201 },
  login: { line: 'POST /login', status: 201 },
};

const SET_COOKIE = /\r\nset-cookie: ([^=]+)=([^;\r]*)/gi;

/**
 * A browser with a session of its own. It checks every answer, so that nobody wins by not doing the work: the counter must
 * be what this visitor made it, and whatever changes it must have been stored for the next answer to be right.
 */
export class Visitor {
  readonly #port: number;
  readonly #cookies = new Map<string, string>();
  /** The text of each request, as long as the cookies stay. */
  readonly #requests = new Map<Work, string>();
  #connection: Connection | undefined;
  #count = 0;

  constructor(port: number) {
    this.#port = port;
  }

  /** One more with the same session, at that port. */
  companion(port = this.#port): Visitor {
    const companion = new Visitor(port);
    for (const [name, value] of this.#cookies) companion.#cookies.set(name, value);
    companion.#count = Number.NaN;
    return companion;
  }

  /** Makes the session that this visitor has from now on. */
  async begin(): Promise<void> {
    await this.connect();
    await this.visit('new');
    this.disconnect();
  }

  async connect(): Promise<void> {
    this.#connection = await Connection.open(this.#port);
    // The first request on a connection costs more than those that follow.
    await this.visit('untouched');
  }

  disconnect(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async visit(work: Work): Promise<void> {
    const answer = await this.#connection!.send(this.#requestFor(work));
    if (answer.status !== ROUTES[work].status) {
      throw new Error(`${ROUTES[work].line} was answered with ${answer.status}: ${answer.body}`);
    }
    const setsCookie = this.#takeCookies(answer);
    if (work !== 'untouched') this.#checkCount(work, answer);
    if ((work === 'new' || work === 'login') && !setsCookie) throw new Error(`${ROUTES[work].line} set no cookie.`);
  }

  /** What the counter holds now, asked of the server. */
  async count(): Promise<number> {
    const { body } = await this.#connection!.send(this.#requestFor('read'));
    return JSON.parse(body).count;
  }

  #requestFor(work: Work): string {
    let request = this.#requests.get(work);
    if (request === undefined) {
      const cookie = Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join('; ');
      const length = ROUTES[work].line.startsWith('POST') ? 'Content-Length: 0\r\n' : '';
      const header = work === 'new' || !cookie ? '' : `Cookie: ${cookie}\r\n`;
      request = `${ROUTES[work].line} HTTP/1.1\r\nHost: 127.0.0.1\r\n${length}${header}\r\n`;
      this.#requests.set(work, request);
    }
    return request;
  }

  /** Whether there were any. Those that are signed within a second may be the same again. */
  #takeCookies({ head }: Answer): boolean {
    let [isAny, isNew] = [false, false];
    for (const [, name, value] of head.matchAll(SET_COOKIE)) {
      isAny = true;
      if (this.#cookies.get(name!) === value) continue;
      this.#cookies.set(name!, value!);
      isNew = true;
    }
    if (isNew) this.#requests.clear();
    return isAny;
  }

  #checkCount(work: Work, { body }: Answer): void {
    // Others change the session of a companion too.
    if (Number.isNaN(this.#count)) return;
    if (work === 'new') this.#count = 0;
    if (work === 'write') this.#count++;
    const { count } = JSON.parse(body);
    if (count !== this.#count) throw new Error(`${work} was answered with ${count} where ${this.#count} is right.`);
  }
}
