import type { SessionSerializer } from '../session/session-text.js';
import { readJson, type SigningKeys, writeJson } from '../signing/index.js';
import { SealedPayload } from '../signing/sealed-payload.js';
import { checkSecret } from './check-secret.js';

/** The secrets of {@link encrypted}, and what it encrypts. */
export interface EncryptedOptions extends SigningKeys {
  /**
   * Turns the session into the text that is encrypted.
   * @default JSON as Python writes it
   */
  readonly serializer?: SessionSerializer;
}

/** What is sealed for this opens for nothing else, also under a secret that is used for more. */
export const SESSION_DATA = 'session data';

const ENCRYPTED = Symbol.for('nest-sessions:encrypted');

export function isEncrypted(serializer: SessionSerializer): boolean {
  return ENCRYPTED in serializer;
}

/**
 * A serializer that encrypts, for the option `serializer`: whoever can read the store, a backup or a replica of it learns
 * nothing of a session but how long its data is. AES-256-GCM, with a key of its own for each time it is written.
 *
 * ```ts
 * SessionModule.forRoot({ secret, serializer: encrypted({ secret: process.env.SESSION_ENCRYPTION_KEY }) })
 * ```
 *
 * The secret may be the module's own; only another one protects sessions from somebody who has that. What a secret of
 * `secretFallbacks` encrypted is still read, and encrypted with the current one when next written. A session that does not
 * open counts as unknown and stays in the store. Sessions from before are unknown too, and Django reads none of these. What
 * an entity of your own puts into further columns is not encrypted.
 *
 * @throws SessionOptionsError when a secret is empty, or in production can be guessed
 */
export function encrypted({ serializer, ...keys }: EncryptedOptions): SessionSerializer {
  const payload = new SealedPayload({ ...keys, purpose: SESSION_DATA });
  checkSecret('The option "secret" of encrypted()', keys.secret);
  return {
    [ENCRYPTED]: true,
    dumps: (value) => payload.seal(serializer ? serializer.dumps(value) : writeJson(value)),
    loads: (sealed) => {
      const { text } = payload.unseal(sealed);
      return serializer ? serializer.loads(text) : readJson(text);
    },
  } as SessionSerializer;
}
