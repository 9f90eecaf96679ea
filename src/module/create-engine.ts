import type { InjectionToken, Type } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import { SessionEngine } from '../engines/session-engine.js';
import { SessionOptionsError } from '../errors/index.js';
import type { Clock } from '../session/clock.js';
import type { SessionObserver } from '../session/session-event.js';
import { isCookieEngineName } from './create-cookie-engine.js';
import { createStore, isStoreName } from './create-store.js';
import { findProvider } from './find-provider.js';
import { ENGINE_NAMES, type ResolvedOptions } from './session-options.js';
import { showToken } from './show-token.js';

/** The engine that the options ask for; undefined where it is one that keeps sessions in the cookie itself. */
export async function createEngine(
  options: ResolvedOptions,
  modules: ModuleRef,
  observer: SessionObserver,
  clock: Clock,
): Promise<SessionEngine | undefined> {
  const { engine } = options;
  if (isCookieEngineName(engine)) return undefined;
  const warn = (message: string): void => observer.warn(message);
  if (isStoreName(engine)) return createStore(engine, { options, modules, clock, warn });
  if (isEngine(engine)) return engine;
  const provided = await findProvider(modules, engine as InjectionToken);
  const created =
    provided ?? (typeof engine === 'function' ? await modules.create(engine as Type<SessionEngine>) : undefined);
  if (isEngine(created)) return created;
  throw new SessionOptionsError(
    `The option "engine" of SessionModule is ${typeof engine === 'string' ? `"${showToken(engine)}"` : String(engine)}, which is neither ` +
      `one of ${ENGINE_NAMES.join(', ')} nor the token of a provider with the methods of SessionEngine. For an engine of ` +
      'your own, import the module that provides it into forRootAsync({ imports }), or make it global.',
  );
}

function isEngine(value: unknown): value is SessionEngine {
  if (typeof value !== 'object' || value === null) return false;
  return ['load', 'create', 'replace', 'touch', 'delete', 'deleteExpired'].every(
    (method) => typeof (value as Record<string, unknown>)[method] === 'function',
  );
}
