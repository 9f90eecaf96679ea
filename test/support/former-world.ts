import type { FormerContent, FormerSession } from '../../src/importers/session-importer.js';
import { ImportKeys } from '../../src/session/import-keys.js';
import type { Inheritance } from '../../src/session/inheritance.js';

/** What the old application has stored. */
export const FORMER: FormerContent = { values: { userId: 'ann', cart: ['tea'] } };

export const importKeys = new ImportKeys({ secret: 'a secret', secretFallbacks: ['an older secret'] });

/** The store of the old application, with one session. */
export class OldStore {
  content: FormerContent | undefined = FORMER;

  async load(): Promise<FormerContent | undefined> {
    return this.content;
  }

  async end(): Promise<void> {
    this.content = undefined;
  }

  /** What an instance of the old application does that still runs: it stores the session whether it was there or not. */
  async save(): Promise<void> {
    this.content = FORMER;
  }
}

/** What a request brings whose browser has the session of an old store. */
export function inherits(
  store: { load(): Promise<FormerContent | undefined>; end(): Promise<void> },
  id = 'old-session',
): Inheritance & { readonly settled: FormerSession[] } {
  const former = {
    source: 'a library',
    id,
    cookies: [],
    load: () => store.load(),
    end: () => store.end(),
  };
  return { isAnswered: true, settled: [], claims: () => [former] };
}
