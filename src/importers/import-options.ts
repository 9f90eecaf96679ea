import { SessionOptionsError } from '../errors/index.js';

/** What all importers take beside the options of their library. */
export interface ImportOptions {
  /**
   * From this instant on no old session is taken over any more.
   * @default none
   */
  until?: Date;

  /**
   * Makes what the new session holds of what the old one held, e.g. to leave something out or to rename a key that begins
   * with `_`, which would be left behind.
   * @default everything
   */
  convert?(values: Record<string, unknown>): Record<string, unknown>;
}

/** {@link ImportOptions} where the cookie itself is the session, so that nobody can end a copy of it. */
export interface CookieImportOptions extends ImportOptions {
  /** From this instant on no old cookie is taken any more: the longest that one may still be good for anything. */
  until: Date;
}

/** @throws SessionOptionsError when `until` is no Date, or missing where there must be one */
export function checkUntil(importer: string, until: unknown, isRequired: boolean): void {
  const isGood = until instanceof Date && !Number.isNaN(until.getTime());
  if (isGood || (until === undefined && !isRequired)) return;
  throw new SessionOptionsError(
    `The option "until" of ${importer}() is ${until === undefined ? 'missing' : 'no valid Date'}. ` +
      (isRequired ? 'Its cookies cannot be revoked, so say from when on they are not taken any more: ' : '') +
      "Give a Date, e.g. new Date('2026-03-01').",
  );
}
