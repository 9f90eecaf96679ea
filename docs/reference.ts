/**
 * The types behind the names that the package exports, for the reference of the API.
 *
 * @module types
 */
export type { CookieJar } from '../src/cookies/cookie-jar.js';
export type { CookieQuoting } from '../src/cookies/cookie-value.js';
export type { CacheLike, CacheManagerLike, KeyvLike } from '../src/engines/cache/cache-like.js';
export type { DatabaseEngineOptions } from '../src/engines/database/database.engine.js';
export type { FormerCookieAttributes } from '../src/importers/former-cookie.js';
export type { CookieImportOptions, ImportOptions } from '../src/importers/import-options.js';
export type { IronPasswords } from '../src/importers/open-iron-seal.js';
export type { FormerSecret } from '../src/importers/signed-session-id.js';
export type { StoredImportOptions } from '../src/importers/stored-session-importer.js';
export type { CookieEngineName, StoreName } from '../src/module/session-options.js';
export type { Clock } from '../src/session/clock.js';
export type { Session } from '../src/session/session.js';
export type { WallClock } from '../src/session/wall-clock.js';
export type { DataOf, KeyOf, ValueOf } from '../src/session/session-types.js';
export type { SignedCookieFormat } from '../src/signing/signed-cookie-value.js';
