import type { RedisStore } from 'connect-redis';
import {
  importCookieSession,
  importExpressSession,
  importFastifySession,
  importIronSession,
  SessionModule,
} from 'nest-sessions';

declare const store: RedisStore;
declare const secret: string;
declare const oldSecret: string;
declare const oldKeys: string[];
declare const oldPassword: string;
declare const lastDay: Date;

// #region passport
SessionModule.forRoot({ secret, expressCompat: true, importFrom: importExpressSession({ store, secret: oldSecret }) });
// #endregion

export const more = [
  // #region fastify
  importFastifySession({ store, secret: oldSecret, cookieName: 'sessionId' }),
  // #endregion
  // #region convert
  importExpressSession({
    store,
    secret: oldSecret,
    convert: ({ _csrf, ...values }) => ({ ...values, csrfToken: _csrf }),
  }),
  // #endregion
  // #region keys
  importCookieSession({ name: 'session', keys: oldKeys, until: lastDay }),
  // #endregion
  // #region passwords
  importIronSession({ cookieName: 'shop', password: { 1: oldPassword, 2: oldSecret }, until: lastDay }),
  // #endregion
];
