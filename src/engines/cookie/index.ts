export { EncryptedCookieEngine } from './encrypted-cookie.engine.js';
export { SignedCookieEngine } from './signed-cookie.engine.js';
