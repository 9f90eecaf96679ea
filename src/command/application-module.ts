import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DynamicModule, Type } from '@nestjs/common';
import { CommandError } from './command.js';

/** What Nest can start: a class, or what `forRoot()` of one returns. */
export type ApplicationModule = Type | DynamicModule;

/**
 * Imports the root module of an application: the export of that name; else the default export; else the only class whose
 * name ends in `AppModule`, or in `Module`. An export may be a promise.
 *
 * @throws CommandError that says what is missing
 */
export async function importApplicationModule(path: string, exportName?: string): Promise<ApplicationModule> {
  const exports = await importFile(path);
  if (exportName !== undefined) {
    const named = await exports[exportName];
    if (isModule(named)) return named;
    throw new CommandError(`${path} has no module ${JSON.stringify(exportName)}. ${listOf(exports)}`);
  }
  const main = await exports.default;
  if (isModule(main)) return main;
  const names = Object.keys(exports).filter((name) => isModule(exports[name]));
  for (const ending of ['AppModule', 'Module']) {
    const found = names.filter((name) => name.endsWith(ending));
    if (found.length > 1)
      throw new CommandError(`${path} has several modules: say which by --export ${found.join(' or ')}.`);
    if (found[0] !== undefined) return exports[found[0]] as ApplicationModule;
  }
  throw new CommandError(
    `${path} has neither a default export nor a class whose name ends in Module. ${listOf(exports)} Name the file of the root ` +
      'module, or the export by --export.',
  );
}

type Exports = Readonly<Record<string, unknown>>;

async function importFile(path: string): Promise<Exports> {
  const file = resolve(path);
  if (!existsSync(file)) {
    throw new CommandError(
      `There is no file ${path}. Build the application, and name the file of its root module, e.g. dist/app.module.js.`,
    );
  }
  try {
    const namespace = (await import(pathToFileURL(file).href)) as Exports;
    // What a CommonJS module exports stands under `default`, and not all of it beside that.
    const { default: main } = namespace;
    return typeof main === 'object' && !isModule(main) ? { ...namespace, ...main } : namespace;
  } catch (cause) {
    throw new CommandError(`${path} cannot be imported: ${messageOf(cause)}`, { cause });
  }
}

function isModule(value: unknown): value is ApplicationModule {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && typeof (value as DynamicModule).module === 'function';
}

function listOf(exports: Exports): string {
  const names = Object.keys(exports);
  return names.length === 0 ? 'It exports nothing.' : `It exports ${names.join(', ')}.`;
}

/** The message of an error, with that of its cause. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
