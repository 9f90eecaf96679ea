import { CookieJar } from 'tough-cookie';

export interface BrowserResponse {
  readonly status: number;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  readonly setCookies: readonly string[];
  readonly headers: Headers;
}

/** Keeps cookies as a browser does. Cookies know no ports, so one jar serves all servers on a machine. */
export class Browser {
  constructor(private readonly jar = new CookieJar()) {}

  get(url: string): Promise<BrowserResponse> {
    return this.#send('GET', url);
  }

  /** @param body sent as JSON */
  post(url: string, body?: object): Promise<BrowserResponse> {
    return this.#send('POST', url, body);
  }

  /** The text of the Cookie header that it would send. */
  cookies(url: string): string {
    return this.jar.getCookieStringSync(url);
  }

  /** The value of a cookie as it would be sent; undefined when it has none of that name. */
  cookie(name: string, url: string): string | undefined {
    return this.jar.getCookiesSync(url).find(({ key }) => key === name)?.value;
  }

  set(cookie: string, url: string): void {
    this.jar.setCookieSync(cookie, url);
  }

  /** Another browser with the same cookies, which from here on go ways of their own. */
  copy(): Browser {
    return new Browser(this.jar.cloneSync());
  }

  async #send(method: string, url: string, body?: object): Promise<BrowserResponse> {
    const cookie = this.cookies(url);
    const headers = { ...(cookie && { cookie }), ...(body && { 'content-type': 'application/json' }) };
    const response = await fetch(url, { method, headers, body: body && JSON.stringify(body), redirect: 'manual' });
    const setCookies = response.headers.getSetCookie();
    for (const text of setCookies) this.jar.setCookieSync(text, url, { loose: true });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text, setCookies, headers: response.headers };
  }
}
