import connectPgSimple from 'connect-pg-simple';
import { RedisStore } from 'connect-redis';
import session, { type SessionData, type Store } from 'express-session';
import { Pool } from 'pg';
import { createClient } from 'redis';
import sessionFileStore from 'session-file-store';
import { type Assembly, type Assignment, type Places, SESSION_AGE } from '../assembly.js';
import type { Contents } from '../contents.js';
import { UntouchedController } from '../untouched.controller.js';
import { propertySessions } from './property-session.controller.js';

const STORES: Record<string, (places: Places) => Store | Promise<Store>> = {
  redis: connectRedis,
  memory: () => new session.MemoryStore(),
  postgres: ({ databaseUrl }) =>
    new (connectPgSimple(session))({
      pool: new Pool({ connectionString: databaseUrl }),
      tableName: 'connect_pg_simple',
    }),
  file: ({ folder }) => new (sessionFileStore(session))({ path: folder, ttl: SESSION_AGE, logFn: () => {} }),
};

export async function assemble({ store, places }: Assignment): Promise<Assembly> {
  const options = {
    store: await STORES[store]!(places),
    secret: places.secret,
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: SESSION_AGE * 1000, sameSite: 'lax' },
  } as const;
  const { controllers, providers } = propertySessions(regenerate);
  return {
    metadata: { controllers: [UntouchedController, ...controllers], providers },
    configure: (app) => app.use(session(options)),
  };
}

/** The store of connect-redis, which @fastify/session can use too. */
export async function connectRedis({ redisUrl, redisPrefix }: Places): Promise<Store> {
  const client = createClient({ url: redisUrl });
  await client.connect();
  return new RedisStore({ client, prefix: `${redisPrefix}connect-redis:` });
}

async function regenerate(request: { session: unknown }): Promise<void> {
  const { cookie: _, ...values } = request.session as SessionData & Contents;
  await new Promise<void>((resolve, reject) => {
    const old = request.session as session.Session;
    old.regenerate((error: unknown) => (error ? reject(error) : resolve()));
  });
  Object.assign(request.session as object, values);
}
