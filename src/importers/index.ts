export type { FormerCookieAttributes } from './former-cookie.js';
export { importCookieSession, type CookieSessionImportOptions, type KeygripLike } from './import-cookie-session.js';
export { importExpressSession, type ExpressSessionImportOptions } from './import-express-session.js';
export { importFastifySession, type FastifySessionImportOptions } from './import-fastify-session.js';
export { importIronSession, type IronSessionImportOptions } from './import-iron-session.js';
export type {
  FormerContent,
  FormerCookie,
  FormerSession,
  ImportContext,
  ReceivedCookies,
  SessionImporter,
} from './session-importer.js';
export type { FormerSecret } from './signed-session-id.js';
export type { FormerSessionCookie } from './stored-session-importer.js';
