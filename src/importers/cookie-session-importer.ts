import { ValueConverter } from './convert-values.js';
import { MOST_COOKIES } from './former-cookie.js';
import { checkUntil, type CookieImportOptions } from './import-options.js';
import type {
  FormerCookie,
  FormerSession,
  ImportContext,
  ReceivedCookies,
  SessionImporter,
} from './session-importer.js';

/** What a cookie was found to hold. */
export interface OpenedCookie {
  /** What nobody can alter in it, so that it has one name only. */
  readonly id: string;
  readonly json: string;
  readonly endsAt?: Date;
}

/** How a library keeps a whole session in cookies. */
export interface CookieStyle {
  readonly importer: string;
  readonly library: string;
  readonly cookieName: string;
  /** All that belong to the session. */
  readonly cookies: readonly FormerCookie[];
  /** Undefined for a cookie that nobody with the secret made; null for one that is good no more. */
  open(value: string, cookies: ReceivedCookies, now: number): OpenedCookie | null | undefined;
}

/** Finds the sessions of libraries that keep them in cookies. */
export class CookieSessionImporter implements SessionImporter {
  readonly cookieNames: readonly string[];
  readonly #until: Date;
  readonly #converter: ValueConverter;

  constructor(
    private readonly style: CookieStyle,
    { until, convert }: CookieImportOptions,
  ) {
    checkUntil(style.importer, until, true);
    this.cookieNames = style.cookies.map(({ name }) => name);
    this.#until = until;
    this.#converter = new ValueConverter(style.library, convert);
  }

  claims(received: ReceivedCookies, context: ImportContext): FormerSession[] {
    const now = context.clock.now();
    if (this.#until.getTime() <= now) return [];
    const { cookieName, library } = this.style;
    const sent = (received.get(cookieName) ?? []).filter((value) => value !== '').slice(0, MOST_COOKIES);
    return sent.flatMap((value) => {
      const opened = this.style.open(value, received, now);
      const session = opened && this.#session(opened, context);
      if (session) return [session];
      if (opened !== null) {
        context.warn(
          `A cookie ${JSON.stringify(cookieName)} of ${library} is ignored: it was altered, or made with another secret.`,
        );
      }
      return [];
    });
  }

  #session({ id, json, endsAt = this.#until }: OpenedCookie, context: ImportContext): FormerSession | undefined {
    const { library, cookieName, cookies } = this.style;
    const former = parse(json);
    if (former === undefined) return undefined;
    return {
      source: `${library} ${cookieName}`,
      id,
      cookies,
      endsAt: endsAt < this.#until ? endsAt : this.#until,
      load: async () => {
        const values = this.#converter.values(former, context);
        return values && { values };
      },
      // There is no place where it could be ended.
      end: async () => {},
    };
  }
}

/** Undefined for what is no JSON. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
