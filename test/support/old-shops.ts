import { randomBytes } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import fastifySession from '@fastify/session';
import { RedisStore } from 'connect-redis';
import cookieSession from 'cookie-session';
import express, { type Request } from 'express';
import expressSession from 'express-session';
import { fastify } from 'fastify';
import { getIronSession, type SessionOptions } from 'iron-session';
import {
  importCookieSession,
  importExpressSession,
  importFastifySession,
  importIronSession,
  type SessionImporter,
} from 'nest-sessions';
import { createClient } from 'redis';
import { type Service, serviceUrls } from './services.js';

/** What the old applications keep in their sessions. */
export interface ShopSession {
  userId?: string;
  cart?: string[];
}

/** A running shop on another library: POST `/log-in/:user`, `/cart/:item` and `/log-out`, GET `/me`. */
export interface OldShop {
  readonly url: string;
  /** What an application of ours needs to take its sessions over. */
  readonly importer: SessionImporter;
  /** Stops the shop, but not its store. */
  stop(): Promise<void>;
  /** Once nobody uses its store any more. */
  dispose(): Promise<void>;
}

export interface OldLibrary {
  readonly name: string;
  readonly service?: Service;
  /** The cookies that it keeps a session in. */
  readonly cookieNames: readonly string[];
  /** Whether a session can be ended on the server. */
  readonly keepsOnServer: boolean;
  start(): Promise<OldShop>;
}

export const OLD_SECRET = 'the secret of the old application, long enough for all';
export const DAY = 24 * 60 * 60;

/** The next year, which no test lives to see. */
export const nextYear = (): Date => new Date(Date.now() + 365 * DAY * 1000);

/** What a session does for a request: its data, and how they are stored. */
interface Visit {
  readonly data: ShopSession;
  save(): unknown;
  end(): unknown;
}

async function serve(visit: Visit, method: string, path: string): Promise<ShopSession> {
  const [, action, word] = path.split('/');
  const { data } = visit;
  if (method === 'POST' && action === 'log-in') data.userId = word;
  if (method === 'POST' && action === 'cart') data.cart = [...(data.cart ?? []), word!];
  const answer = { userId: data.userId, cart: data.cart };
  if (method === 'POST') await (action === 'log-out' ? visit.end() : visit.save());
  return answer;
}

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const close = (server: Server) => () => new Promise<void>((resolve) => server.close(() => resolve()));

/** An Express application with one middleware of the library. */
async function startExpress(
  middleware: express.RequestHandler | undefined,
  visitOf: (request: Request, response: express.Response) => Promise<Visit> | Visit,
) {
  const app = express();
  if (middleware) app.use(middleware);
  app.use((request, response, next) => {
    Promise.resolve(visitOf(request, response))
      .then((visit) => serve(visit, request.method, request.path))
      .then((answer) => response.json(answer))
      .catch(next);
  });
  const { server, url } = await listen(app);
  return { url, stop: close(server) };
}

/** A store of connect-redis with a prefix of its own, and what is to be done when it is over. */
async function openRedisStore() {
  const client = createClient({ url: serviceUrls.redis.href });
  await client.connect();
  const prefix = `old-shop-${randomBytes(6).toString('hex')}:`;
  const dispose = async (): Promise<void> => {
    const keys = await client.keys(`${prefix}*`);
    if (keys.length > 0) await client.del(keys);
    client.destroy();
  };
  return { store: new RedisStore({ client, prefix }), client, prefix, dispose };
}

/** The options of express-session. */
export const expressOptions = {
  secret: OLD_SECRET,
  resave: false,
  saveUninitialized: false,
  cookie: { maxAge: DAY * 1000 },
};

/** A shop on express-session, with sessions in that store. */
export async function startShopOnStore(store: expressSession.Store): Promise<Pick<OldShop, 'url' | 'stop'>> {
  return startExpress(expressSession({ ...expressOptions, store }), ({ session }) => ({
    data: session as ShopSession,
    save: () => {},
    end: () => new Promise<void>((resolve) => session.destroy(() => resolve())),
  }));
}

export async function startExpressSession(): Promise<OldShop> {
  const { store, dispose } = await openRedisStore();
  const importer = importExpressSession({ ...expressOptions, store });
  return { ...(await startShopOnStore(store)), dispose, importer };
}

async function startCookieSession(): Promise<OldShop> {
  const old = { keys: ['a new key', 'an old key'], maxAge: DAY * 1000 };
  const shop = await startExpress(cookieSession(old), (request) => ({
    data: request.session as ShopSession,
    save: () => {},
    end: () => Object.assign(request, { session: null }),
  }));
  return { ...shop, dispose: async () => {}, importer: importCookieSession({ ...old, until: nextYear() }) };
}

const iron: SessionOptions = {
  cookieName: 'iron',
  password: { 1: 'a former password of thirty-two letters', 2: OLD_SECRET },
  cookieOptions: { secure: false },
};

async function startIronSession(): Promise<OldShop> {
  const shop = await startExpress(undefined, async (request, response) => {
    const session = await getIronSession<ShopSession>(request, response, iron);
    return { data: session, save: () => session.save(), end: () => session.destroy() };
  });
  return { ...shop, dispose: async () => {}, importer: importIronSession({ ...iron, until: nextYear() }) };
}

async function startIronSessionOnFastify(): Promise<OldShop> {
  const app = fastify();
  app.all('/*', async ({ raw, method, url }, reply) => {
    const session = await getIronSession<ShopSession>(raw, reply.raw, iron);
    const answer = await serve(
      { data: session, save: () => session.save(), end: () => session.destroy() },
      method,
      url,
    );
    for (const text of [reply.raw.getHeader('set-cookie') ?? []].flat()) reply.header('set-cookie', String(text));
    return answer;
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const importer = importIronSession({ ...iron, until: nextYear() });
  return { url, importer, stop: () => app.close(), dispose: async () => {} };
}

async function startFastifySession(): Promise<OldShop> {
  const { store, dispose } = await openRedisStore();
  const old = { secret: OLD_SECRET, saveUninitialized: false, cookie: { secure: false, maxAge: DAY * 1000 } };
  const app = fastify();
  await app.register(cookie);
  await app.register(fastifySession, { ...old, store: store as never });
  app.all('/*', ({ session, method, url }) =>
    serve({ data: session as ShopSession, save: () => {}, end: () => session.destroy() }, method, url),
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, dispose, stop: () => app.close(), importer: importFastifySession({ ...old, store }) };
}

export const oldLibraries: readonly OldLibrary[] = [
  {
    name: 'express-session with connect-redis',
    service: 'redis',
    cookieNames: ['connect.sid'],
    keepsOnServer: true,
    start: startExpressSession,
  },
  {
    name: '@fastify/session with connect-redis',
    service: 'redis',
    cookieNames: ['sessionId'],
    keepsOnServer: true,
    start: startFastifySession,
  },
  {
    name: 'cookie-session',
    cookieNames: ['session', 'session.sig'],
    keepsOnServer: false,
    start: startCookieSession,
  },
  { name: 'iron-session', cookieNames: ['iron'], keepsOnServer: false, start: startIronSession },
  { name: 'iron-session on Fastify', cookieNames: ['iron'], keepsOnServer: false, start: startIronSessionOnFastify },
];
