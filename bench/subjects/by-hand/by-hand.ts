import { Controller, Get, Post, type Provider, Req, UseInterceptors } from '@nestjs/common';
import type { Assembly, Assignment, Places } from '../assembly.js';
import { type Contents, fresh } from '../contents.js';
import { UntouchedController } from '../untouched.controller.js';
import { CookieSessionInterceptor, SEAL } from './cookie-session.interceptor.js';
import { fileStore } from './file.store.js';
import { postgresStore } from './postgres.store.js';
import { redisStore } from './redis.store.js';
import { encryption, signatures } from './seals.js';
import { SESSION_STORE, type SessionStore } from './session-store.js';
import { sqliteStore } from './sqlite.store.js';
import { StoredSessionInterceptor } from './stored-session.interceptor.js';

const STORES: Record<string, (places: Places) => SessionStore | Promise<SessionStore>> = {
  redis: redisStore,
  postgres: postgresStore,
  sqlite: sqliteStore,
  file: fileStore,
};
const SEALS = { signed: signatures, encrypted: encryption };

/** The limit: the store's work done with the driver itself, and nothing that this application does not need. */
export async function assemble({ store, places }: Assignment): Promise<Assembly> {
  const provider: Provider = isSealed(store)
    ? { provide: SEAL, useValue: SEALS[store](places.secret) }
    : { provide: SESSION_STORE, useValue: await STORES[store]!(places) };
  const interceptor = isSealed(store) ? CookieSessionInterceptor : StoredSessionInterceptor;
  return {
    metadata: { controllers: [UntouchedController, controllerWith(interceptor)], providers: [provider, interceptor] },
  };
}

interface ByHandRequest {
  session: Contents;
  isNewKeyDue?: boolean;
}

function controllerWith(
  interceptor: typeof CookieSessionInterceptor | typeof StoredSessionInterceptor,
): new () => object {
  @Controller()
  @UseInterceptors(interceptor)
  class ByHandController {
    @Get('read')
    read(@Req() { session }: ByHandRequest): object {
      return { count: session.count };
    }

    @Post('write')
    write(@Req() request: ByHandRequest): object {
      request.session = { ...request.session, count: request.session.count + 1 };
      return { count: request.session.count };
    }

    @Post('new')
    create(@Req() request: ByHandRequest): object {
      request.session = fresh.contents;
      return { count: 0 };
    }

    @Post('login')
    login(@Req() request: ByHandRequest): object {
      request.isNewKeyDue = true;
      return { count: request.session.count };
    }
  }
  return ByHandController;
}

function isSealed(store: string): store is keyof typeof SEALS {
  return store in SEALS;
}
