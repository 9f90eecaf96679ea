import type { CipherKey } from 'node:crypto';
import { decodeCookieValue } from '../cookies/index.js';
import type { ExpressStore } from '../engines/express-store/express-store.js';
import { TimeLimit } from '../engines/time-limit.js';
import { SessionOptionsError } from '../errors/index.js';
import { ValueConverter } from './convert-values.js';
import { formerCookie, type FormerCookieAttributes, MOST_COOKIES } from './former-cookie.js';
import { checkUntil, type ImportOptions } from './import-options.js';
import type { FormerSession, ImportContext, ReceivedCookies, SessionImporter } from './session-importer.js';
import { type FormerSecret, unsignSessionId } from './signed-session-id.js';
import { type FormerStore, StoredFormerSession } from './stored-former-session.js';

/** What `cookie` was in the options of the old application. */
export interface FormerSessionCookie extends FormerCookieAttributes {
  /** In milliseconds, as there. @default none */
  maxAge?: number | null;
}

/** The options that the libraries share whose cookie holds a signed identifier. */
export interface StoredImportOptions extends ImportOptions {
  /** The store that the old application has its sessions in: any that was made for express-session. */
  store: ExpressStore;
  /** What the old application signed its cookies with; of several, each is tried. */
  secret: FormerSecret;
  /**
   * The `cookie` of the old options: without the same path and domain no browser drops the old cookie, and a session that
   * had an age of its own, other than `maxAge` (in milliseconds, as there), keeps it.
   * @default path '/', no domain, no age
   */
  cookie?: FormerSessionCookie;
  /**
   * Seconds that an answer of the store may take; after that the request is answered with 503.
   * @default 2
   */
  timeout?: number;
}

/** How a library of this kind goes about its cookie. */
export interface SignedIdStyle {
  readonly importer: string;
  readonly library: string;
  readonly cookieName: string;
  /** Stands before the signed identifier. */
  readonly prefix: string;
}

/** Finds the sessions of libraries whose cookie holds a signed identifier. */
export class StoredSessionImporter implements SessionImporter {
  readonly cookieNames: readonly string[];
  readonly #secrets: readonly CipherKey[];
  readonly #store: FormerStore;

  constructor(
    private readonly style: SignedIdStyle,
    { store, secret, cookie, until, convert, timeout = 2 }: StoredImportOptions,
  ) {
    this.cookieNames = [style.cookieName];
    this.#secrets = secretsIn(style.importer, secret);
    checkStore(style.importer, store);
    checkUntil(style.importer, until, false);
    this.#store = {
      source: `${style.library} ${style.cookieName}`,
      store,
      cookie: formerCookie(style.cookieName, cookie),
      converter: new ValueConverter(style.library, convert),
      until,
      usualAge: cookie?.maxAge ?? null,
      limit: new TimeLimit(timeout),
      notice: { isGiven: false },
    };
  }

  claims(cookies: ReceivedCookies, context: ImportContext): FormerSession[] {
    const { until } = this.#store;
    if (until && until.getTime() <= context.clock.now()) return [];
    const { cookieName, library } = this.style;
    const sent = (cookies.get(cookieName) ?? []).filter((value) => value !== '').slice(0, MOST_COOKIES);
    return sent.flatMap((value) => {
      const id = this.#idIn(decodeCookieValue(value, 'percent'));
      if (id !== undefined) return [new StoredFormerSession(id, this.#store, context)];
      context.warn(
        `A cookie ${JSON.stringify(cookieName)} of ${library} is ignored: it was altered, or signed with another secret.`,
      );
      return [];
    });
  }

  #idIn(value: string): string | undefined {
    const { prefix } = this.style;
    return value.startsWith(prefix) ? unsignSessionId(value.slice(prefix.length), this.#secrets) : undefined;
  }
}

function secretsIn(importer: string, secret: FormerSecret): readonly CipherKey[] {
  const secrets = [secret].flat() as CipherKey[];
  const isEmpty = (each: CipherKey): boolean => !each || (each as { length?: number }).length === 0;
  if (secrets.length > 0 && !secrets.some(isEmpty)) return secrets;
  throw new SessionOptionsError(
    `The option "secret" of ${importer}() is missing or empty. Give what the old application signed its cookies with.`,
  );
}

function checkStore(importer: string, store: ExpressStore): void {
  const methods = Object(store) as Record<string, unknown>;
  const isStore = ['get', 'set', 'destroy'].every((method) => typeof methods[method] === 'function');
  if (isStore && Object(store).constructor?.name !== 'MemoryStore') return;
  throw new SessionOptionsError(
    `The option "store" of ${importer}() is no store of express-session. Give the one that the old application uses; the ` +
      'memory of another process cannot be read.',
  );
}
