import type { INestApplicationContext } from '@nestjs/common';
import type { SessionData } from '../session/session-data.js';
import type { DataOf } from '../session/session-types.js';
import { SessionService } from './session.service.js';
import type { ResolvedOptions } from './session-options.js';
import { RESOLVED_OPTIONS } from './tokens.js';

/**
 * A stored session for an e2e test of an application, on whichever engine it runs, as if an earlier request had made it.
 *
 * ```ts
 * const { cookie } = await createSession(app, { userId: 1 });
 * await request(app.getHttpServer()).get('/me').set('Cookie', cookie).expect(200);
 * ```
 */
export async function createSession<T extends object = SessionData>(
  app: INestApplicationContext,
  data: Partial<DataOf<T>> = {},
): Promise<{
  /** The session key. */
  key: string;
  /** The text of a Cookie header that names the session. */
  cookie: string;
}> {
  const session = await app.get(SessionService).create<T>(data);
  const { cookieName } = app.get<ResolvedOptions>(RESOLVED_OPTIONS);
  return { key: session.key!, cookie: `${cookieName}=${session.key}` };
}
