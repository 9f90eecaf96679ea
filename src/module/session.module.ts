import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { type EngineLifecycle, SessionEngine } from '../engines/session-engine.js';
import { onAdapter } from '../http/on-adapter.js';
import { SessionInterceptor } from '../http/session.interceptor.js';
import { SessionHttp } from '../http/session-http.js';
import { type Clock, systemClock } from '../session/clock.js';
import { SharedByCopies } from '../shared-by-copies.js';
import { createEngine } from './create-engine.js';
import { createHttp } from './create-http.js';
import { createManager } from './create-manager.js';
import { createUserSessions } from './create-user-sessions.js';
import { startWarnings } from './deploy-checks.js';
import { DjangoAuth } from './django-auth.js';
import { entityRegistration } from './entity-registration.js';
import { Pruner } from './pruner.js';
import { resolveOptions } from './resolve-options.js';
import { SessionLog } from './session-log.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './session.module-definition.js';
import type {
  ResolvedOptions,
  SessionModuleAsyncExtras,
  SessionModuleExtras,
  SessionModuleOptions,
} from './session-options.js';
import { SessionService } from './session.service.js';
import { RESOLVED_OPTIONS, SESSION_CLOCK, SESSION_LOG, SESSION_MANAGER, USER_SESSIONS } from './tokens.js';

/**
 * Django's sessions and cookies for a Nest application: import it once, in the root module.
 *
 * ```ts
 * @Module({ imports: [SessionModule.forRoot({ engine: 'db', secret: process.env.SECRET_KEY })] })
 * export class AppModule {}
 * ```
 */
@SharedByCopies('SessionModule')
@Module({
  providers: [
    { provide: SESSION_LOG, useClass: SessionLog },
    { provide: SESSION_CLOCK, useValue: systemClock },
    { provide: RESOLVED_OPTIONS, useFactory: resolveOptions, inject: [MODULE_OPTIONS_TOKEN] },
    {
      provide: SessionEngine,
      useFactory: openEngine,
      inject: [RESOLVED_OPTIONS, ModuleRef, SESSION_LOG, SESSION_CLOCK],
    },
    {
      provide: SESSION_MANAGER,
      useFactory: createManager,
      inject: [RESOLVED_OPTIONS, SessionEngine, SESSION_LOG, SESSION_CLOCK],
    },
    {
      provide: USER_SESSIONS,
      useFactory: createUserSessions,
      inject: [RESOLVED_OPTIONS, SessionEngine, SESSION_LOG, SESSION_CLOCK],
    },
    {
      provide: SessionHttp,
      useFactory: createHttp,
      inject: [RESOLVED_OPTIONS, SESSION_MANAGER, SESSION_LOG, SESSION_CLOCK],
    },
    SessionService,
    SessionInterceptor,
    DjangoAuth,
    Pruner,
  ],
  exports: [SessionService, SessionInterceptor, DjangoAuth, SessionHttp, SessionEngine],
})
export class SessionModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  /**
   * @param options.engine where sessions live; see {@link SessionModuleOptions} for all
   * @throws SessionOptionsError at boot, when an option is missing, wrong or unknown
   */
  static override forRoot(options: SessionModuleOptions & SessionModuleExtras): DynamicModule {
    return withImport(super.forRoot(options), entityRegistration(options));
  }

  /** The same with options that are made by a factory (`useFactory`, `useClass`, `useExisting`), e.g. from configuration. */
  static override forRootAsync(
    options: Parameters<typeof ConfigurableModuleClass.forRootAsync>[0] & SessionModuleAsyncExtras,
  ): DynamicModule {
    const { entity, dataSource, ...definition } = options;
    return withImport(super.forRootAsync(definition), entityRegistration({ entity, dataSource }, { optional: true }));
  }

  /** @hidden */
  constructor(
    @Inject(HttpAdapterHost) adapterHost: HttpAdapterHost,
    @Inject(SessionHttp) http: SessionHttp,
    @Inject(SessionEngine) private readonly engine: (SessionEngine & EngineLifecycle) | undefined,
    @Inject(RESOLVED_OPTIONS) options: ResolvedOptions,
    @Inject(SESSION_LOG) log: SessionLog,
  ) {
    super();
    onAdapter(adapterHost, (adapter) => http.attach(adapter));
    for (const warning of startWarnings(options)) log.warn(warning);
  }

  /** Once no request is under way any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.engine?.close?.();
  }
}

async function openEngine(
  options: ResolvedOptions,
  modules: ModuleRef,
  log: SessionLog,
  clock: Clock,
): Promise<SessionEngine | undefined> {
  const engine: (SessionEngine & EngineLifecycle) | undefined = await createEngine(options, modules, log, clock);
  await engine?.open?.((message) => log.warn(message));
  return engine;
}

function withImport(definition: DynamicModule, imported: ReturnType<typeof entityRegistration>): DynamicModule {
  return imported ? { ...definition, imports: [...(definition.imports ?? []), imported] } : definition;
}
