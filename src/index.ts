/**
 * Sessions and cookies: the module, the decorators, the service, the contract of a store, the errors.
 *
 * @module nest-sessions
 */
export type { CookieOptions, SignedCookieReadOptions, SignedCookieWriteOptions } from './cookies/index.js';
export { fromExpressStore, type ExpressStore } from './engines/express-store/index.js';
export { SessionEngine } from './engines/session-engine.js';
export type {
  EngineLifecycle,
  KeyedSession,
  ListsByUser,
  ReplaceOutcome,
  SessionToStore,
  StoredSession,
} from './engines/session-engine.js';
export * from './errors/index.js';
export * from './importers/index.js';
export { Cookies } from './http/cookies.decorator.js';
export { Session } from './http/session.decorator.js';
export { SessionInterceptor } from './http/session.interceptor.js';
export { DjangoAuth } from './module/django-auth.js';
export type { DjangoCredentials, DjangoUser } from './module/django-auth.js';
export { encrypted, type EncryptedOptions } from './module/encrypted.js';
export { djangoInterop } from './module/django-interop.js';
export type { DjangoInteropOptions, DjangoInteropSettings, DjangoPeer } from './module/django-interop.js';
export type {
  DataSourceLike,
  EngineName,
  SessionModuleAsyncExtras,
  SessionModuleExtras,
  SessionModuleOptions,
  SessionOptionsFactory,
} from './module/session-options.js';
export { SessionModule } from './module/session.module.js';
export { SessionService } from './module/session.service.js';
// With a star, so that applications can augment these through the package's name.
export * from './session/flash-data.js';
export * from './session/session-data.js';
export type { SessionEvent } from './session/session-event.js';
export type { UserId } from './session/session-owners.js';
export type { SessionSerializer } from './session/session-text.js';
export type { SessionReference, UserSession } from './session/user-sessions.js';
export type { Secret } from './signing/index.js';
