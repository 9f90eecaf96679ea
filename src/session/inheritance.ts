import type { FormerSession } from '../importers/session-importer.js';

/** The sessions that other libraries have made for the client of a request. */
export interface Inheritance {
  /** Whether the client can be sent a cookie. */
  readonly isAnswered: boolean;
  /** Those that count no more, because they go on here, or did so until they ended. The client may forget them. */
  readonly settled: FormerSession[];
  /** Those that the request brings. */
  claims(): readonly FormerSession[];
}
