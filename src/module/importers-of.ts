import { SessionOptionsError } from '../errors/index.js';
import type { SessionImporter } from '../importers/session-importer.js';
import type { ResolvedOptions } from './session-options.js';

/** The option `importFrom`, of which there may be one, several or none. */
export function importersOf({ importFrom }: Pick<ResolvedOptions, 'importFrom'>): readonly SessionImporter[] {
  return importFrom === undefined ? [] : [importFrom].flat();
}

export function isImportFrom(value: unknown): boolean {
  return [value].flat().every((importer) => {
    const { claims, cookieNames } = Object(importer) as Record<string, unknown>;
    return typeof claims === 'function' && Array.isArray(cookieNames);
  });
}

/**
 * Refuses a session cookie with the name of one that is read by an importer: the old application, where it still runs, would
 * take the new cookie for its own and replace it.
 *
 * @throws SessionOptionsError with the cure
 */
export function checkImporters(options: ResolvedOptions): void {
  const { cookieName } = options;
  if (!importersOf(options).some(({ cookieNames }) => cookieNames.includes(cookieName))) return;
  throw new SessionOptionsError(
    `The option "cookieName" of SessionModule is ${JSON.stringify(cookieName)}, the name of a cookie that "importFrom" reads. ` +
      'Give the new cookie another name, so that neither application takes the cookies of the other for its own.',
  );
}
