import { createHmac, type KeyObject } from 'node:crypto';
import type { FormerSession } from '../importers/session-importer.js';
import { deriveKey } from '../signing/salted-hmac.js';
import { secretsOf, type SigningKeys } from '../signing/signer.js';
import { sessionKeyOf } from './session-key.js';

const SALT = 'nest-sessions.import';

/** The keys of a session that goes on from one of another library. */
export interface ImportNames {
  /** The session's own. */
  readonly key: string;
  /** That of the note which says that it was taken over. */
  readonly note: string;
}

/**
 * Derives the key under which a session of another library goes on from what the client holds of that, so that requests
 * which overlap, in whatever process, mean the same session. Nobody can tell it without the secret.
 */
export class ImportKeys {
  readonly #keys: readonly [KeyObject, ...KeyObject[]];

  constructor(keys: SigningKeys) {
    const [secret, ...fallbacks] = secretsOf(keys);
    this.#keys = [deriveKey(SALT, secret, 'sha256'), ...fallbacks.map((key) => deriveKey(SALT, key, 'sha256'))];
  }

  /** By the current secret, then by former ones. */
  namesOf(former: FormerSession): [ImportNames, ...ImportNames[]] {
    const [current, ...older] = this.#keys;
    return [names(current, former), ...older.map((key) => names(key, former))];
  }
}

function names(key: KeyObject, { source, id }: FormerSession): ImportNames {
  const derive = (purpose: string): string =>
    sessionKeyOf(
      createHmac('sha256', key)
        .update(JSON.stringify([purpose, source, id]))
        .digest(),
    );
  return { key: derive('session'), note: derive('note') };
}
