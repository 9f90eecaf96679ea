export { CookieJar } from './cookie-jar.js';
export type { CookieJarSettings, SignedCookieReadOptions, SignedCookieWriteOptions } from './cookie-jar.js';
export type { CookieOptions } from './cookie-options.js';
export { decodeCookieValue, encodeCookieValue } from './cookie-value.js';
export type { CookieQuoting } from './cookie-value.js';
export { parseCookieHeader } from './parse-cookie-header.js';
export { serializeCookie, serializeDeletion } from './serialize-cookie.js';
export type { CookieContext } from './serialize-cookie.js';
