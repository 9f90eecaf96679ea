import type { InjectionToken, ModuleMetadata, Type } from '@nestjs/common';
import type { CookieQuoting } from '../cookies/index.js';
import type { CacheLike } from '../engines/cache/cache-like.js';
import type { SessionEngine } from '../engines/session-engine.js';
import type { SessionImporter } from '../importers/session-importer.js';
import type { SessionSerializer } from '../session/session-text.js';
import type { Secret } from '../signing/index.js';
import type { DjangoPeer } from './django-interop.js';

/** The engines that keep sessions on the server. */
export type StoreName = 'db' | 'cache' | 'cached_db' | 'file';

/** The engines that keep sessions in the cookie itself. */
export type CookieEngineName = 'signed_cookies' | 'encrypted_cookies';

/** The engines that come with the package. Django's SESSION_ENGINE. */
export type EngineName = StoreName | CookieEngineName;

export const ENGINE_NAMES: readonly EngineName[] = [
  'db',
  'cache',
  'cached_db',
  'file',
  'signed_cookies',
  'encrypted_cookies',
];

/** Any TypeORM DataSource, described here so that TypeORM's types are needed only by those who use it. */
export interface DataSourceLike {
  /** Whether it is connected. */
  readonly isInitialized: boolean;
  /** What it was made with. */
  readonly options: object;
}

/** The options of {@link SessionModule}. All durations are in seconds, as in Django. */
export interface SessionModuleOptions {
  /**
   * Where sessions live: the name of an engine, or an engine of your own as class, instance or injection token. Django's
   * SESSION_ENGINE.
   *
   * - `'db'`: in a table, through TypeORM.
   * - `'signed_cookies'`: in the cookie, where the client can read them. Django reads and writes the same.
   * - `'encrypted_cookies'`: in the cookie, where the client can neither read nor change them.
   *
   * The cookie engines need no store, hold about 3000 bytes, and cannot do what only a store can: of requests that overlap
   * the last answer wins, and a copy of a cookie stays good after a logout, until it expires.
   * @default 'db'
   */
  engine?: EngineName | SessionEngine | Type<SessionEngine> | InjectionToken<SessionEngine>;

  /**
   * Signs what is stored and sent. Long, random, and the same on every machine; whoever has it can make sessions. With
   * NODE_ENV=production one that can be guessed is refused: shorter than 32 characters, well known, or far too regular.
   * Django's SECRET_KEY.
   */
  secret: Secret;

  /**
   * Secrets of the past: what they signed is still read, and signed with the current one when next written. Django's
   * SECRET_KEY_FALLBACKS.
   * @default []
   */
  secretFallbacks?: readonly Secret[];

  /**
   * Django's SESSION_COOKIE_NAME.
   * @default 'sessionid'
   */
  cookieName?: string;

  /**
   * Which hosts get the cookie, e.g. `example.com` for all of its subdomains too. Django's SESSION_COOKIE_DOMAIN.
   * @default the host that sent it, and no other
   */
  cookieDomain?: string;

  /**
   * Django's SESSION_COOKIE_PATH.
   * @default '/'
   */
  cookiePath?: string;

  /**
   * How long a session lasts, in seconds from its last save. Django's SESSION_COOKIE_AGE.
   * @default 1209600 (two weeks)
   */
  cookieAge?: number;

  /**
   * Whether the cookie travels over HTTPS only; `'auto'`: when the request came over HTTPS. Behind a proxy that ends TLS,
   * set the adapter's `trust proxy` or say `true`. Django's SESSION_COOKIE_SECURE.
   * @default 'auto'
   */
  cookieSecure?: boolean | 'auto';

  /**
   * Whether the cookie is out of reach of scripts in the page. Django's SESSION_COOKIE_HTTPONLY.
   * @default true
   */
  cookieHttpOnly?: boolean;

  /**
   * Whether requests that other sites cause carry the cookie: `'lax'` only when they navigate here, `'strict'` never,
   * `'none'` always (needs `cookieSecure: true`), `false` leaves it to the browser. Django's SESSION_COOKIE_SAMESITE.
   * @default 'lax'
   */
  cookieSameSite?: 'lax' | 'strict' | 'none' | false;

  /**
   * Keeps the cookie apart for each top-level site (CHIPS); needs `cookieSecure: true`.
   * @default false
   */
  cookiePartitioned?: boolean;

  /**
   * Which cookies a browser drops first when it has too many.
   * @default the browser's own
   */
  cookiePriority?: 'low' | 'medium' | 'high';

  /**
   * Whether the cookie goes away with the browser; the server still keeps the session for `cookieAge`. A session can decide
   * otherwise with `setExpiry`. Django's SESSION_EXPIRE_AT_BROWSER_CLOSE.
   * @default false
   */
  expireAtBrowserClose?: boolean;

  /**
   * Renews the expiry and the cookie on every request of a session, also of one that was not touched. Costs each of them
   * store calls; see `touchAfter`. Django's SESSION_SAVE_EVERY_REQUEST.
   * @default false
   */
  saveEveryRequest?: boolean;

  /**
   * With `saveEveryRequest`: renew at most once in this many seconds.
   * @default 0
   */
  touchAfter?: number;

  /**
   * Ends a session this many seconds after it began, however much it is used: at its first store after the last `flush`. A
   * new key changes nothing of that, nor does `setExpiry`. A session that was stored before the option was set, or by
   * another application, counts as begun when it was last stored without it.
   * @default none
   */
  absoluteAge?: number;

  /**
   * The entry of a session that names its user, e.g. `'userId'`, a text or a number: makes sessions listable and revocable
   * by user. Each session of a user then also keeps the IP address and the user agent that last changed it.
   * @default none
   */
  userKey?: string;

  /**
   * How session data becomes text; `encrypted({ secret })` keeps those out who can read the store. Django's
   * SESSION_SERIALIZER.
   * @default JSON as Python writes it
   */
  serializer?: SessionSerializer;

  /**
   * (db, cached_db) The TypeORM DataSource: its name, itself, or an injection token.
   * @default the DataSource of `TypeOrmModule.forRoot()`
   */
  dataSource?: string | DataSourceLike | InjectionToken;

  /**
   * (db, cached_db) The entity that sessions are kept in: a class that extends `BaseSession`.
   * @default SessionEntity
   */
  entity?: Type;

  /**
   * (cache, cached_db) A cache-manager `Cache`, a `Keyv`, or an injection token such as `CACHE_MANAGER`. Django's
   * SESSION_CACHE_ALIAS.
   * @default the memory of this process
   */
  cache?: CacheLike | InjectionToken;

  /**
   * (file) The folder that holds the sessions. Django's SESSION_FILE_PATH.
   * @default the system's temporary folder
   */
  filePath?: string;

  /**
   * Keeps only the SHA-256 of each session key in the store, so that a leaked table opens no session.
   * @default true
   */
  hashKeys?: boolean;

  /**
   * Deletes expired sessions in the background about this often, in seconds, in small batches; false never does.
   * @default 3600
   */
  pruneInterval?: number | false;

  /**
   * Loads the session before guards and lets `req.session` behave as that of express-session does, for Passport and other
   * code that was written for it. Every request then reads the session.
   * @default false
   */
  expressCompat?: boolean;

  /**
   * Takes over the sessions that another library has made, so that users stay logged in while an application moves over:
   * {@link importExpressSession}, `importCookieSession`, `importIronSession`, `importFastifySession`, or several of them. They
   * are asked only when a request uses the session and brings none of ours.
   * @default none
   */
  importFrom?: SessionImporter | readonly SessionImporter[];

  /**
   * How a cookie value that the grammar forbids is written: percent-encoded, or in Python's quotes for a Django that shares
   * the cookies.
   * @default 'percent'
   */
  cookieQuoting?: CookieQuoting;

  /**
   * The salt that signed cookies are written with: Django's since 5.2.15, or the one before it, which every Django reads.
   * Both are read.
   * @default 'v2'
   */
  signedCookieFormat?: 'v2' | 'legacy';

  /**
   * Django's class name of the session store, part of the signature of stored sessions.
   * @default 'django.contrib.sessions.SessionStore'
   */
  keySalt?: string;

  /** Made by {@link djangoInterop}, for a Django that shares the sessions. */
  interop?: DjangoPeer;
}

/** Makes the options of a module; for `forRootAsync({ useClass })`. */
export interface SessionOptionsFactory {
  /** Called once, when the module is made. */
  createSessionOptions(): SessionModuleOptions | Promise<SessionModuleOptions>;
}

/** What is known of a module before its options are: given beside `forRoot`'s options or `forRootAsync`'s factory. */
export interface SessionModuleExtras {
  /**
   * Whether the module is known everywhere without being imported again.
   * @default true
   */
  isGlobal?: boolean;
}

/** {@link SessionModuleExtras} of `forRootAsync`, which TypeORM's `autoLoadEntities` needs before the options are made. */
export interface SessionModuleAsyncExtras extends SessionModuleExtras {
  /**
   * (db) The `entity` of the options when it is not the default; false when the engine is no database.
   * @default SessionEntity
   */
  entity?: Type | false;
  /**
   * (db) The name of the DataSource when it is not the default one.
   */
  dataSource?: string;
  /** Modules whose providers the factory injects. */
  imports?: ModuleMetadata['imports'];
}

/** The options as the rest of the code sees them: complete, checked and frozen. */
export type ResolvedOptions = Readonly<
  Required<Omit<SessionModuleOptions, OptionalEverywhere>> & Pick<SessionModuleOptions, OptionalEverywhere>
>;

/** Whose absence means something of its own. */
type OptionalEverywhere =
  | 'absoluteAge'
  | 'cache'
  | 'cookieDomain'
  | 'cookiePriority'
  | 'dataSource'
  | 'entity'
  | 'filePath'
  | 'importFrom'
  | 'interop'
  | 'serializer'
  | 'userKey';
