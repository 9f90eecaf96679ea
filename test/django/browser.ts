import { CookieJar } from 'tough-cookie';
import type { Django, DjangoResponse } from './django.js';
import type { Nest } from './nest.js';
import type { Operation } from './operations.js';

const ADDRESS = 'http://localhost/';

/** A browser that visits both sides, which are behind one domain. */
export class Browser {
  readonly #jar = new CookieJar();

  /** Does the operations in one request, and gives what they gave. */
  async do(side: Django | Nest, ...operations: Operation[]): Promise<unknown[]> {
    const { status, body } = await this.send(side, ...operations);
    if (status !== 200) throw new Error(`${side.constructor.name} answered ${status}: ${body}`);
    return JSON.parse(body) as unknown[];
  }

  /** The same for a request that may fail. */
  async send(side: Django | Nest, ...operations: Operation[]): Promise<DjangoResponse> {
    const response = await side.request(this.cookie, operations);
    for (const cookie of response.setCookie) await this.#jar.setCookie(cookie, ADDRESS, { loose: true });
    return response;
  }

  /** The text of the Cookie header. */
  get cookie(): string | undefined {
    return this.#jar.getCookieStringSync(ADDRESS) || undefined;
  }

  set cookie(cookie: string) {
    this.#jar.removeAllCookiesSync();
    this.#jar.setCookieSync(cookie, ADDRESS);
  }

  /** What the session cookie holds. */
  get sessionKey(): string | undefined {
    return this.#jar.getCookiesSync(ADDRESS).find(({ key }) => key === 'sessionid')?.value;
  }
}
