export * from './cookie.errors.js';
export * from './http.errors.js';
export { SessionError } from './session.error.js';
export * from './signing.errors.js';
export * from './usage.errors.js';
