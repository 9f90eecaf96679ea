import { SessionOptionsError } from '../errors/index.js';
import { type Secret, weaknessOf } from '../signing/index.js';

export const SECRET_CURE =
  'Give a long random text, e.g. from `openssl rand -base64 48`, and keep it out of the source, e.g. process.env.SECRET_KEY.';

/**
 * Refuses a secret that can be guessed where it counts, in production.
 *
 * @param name of the option, with whose it is
 * @throws SessionOptionsError with the reason and the cure, and nothing of the secret
 */
export function checkSecret(name: string, secret: Secret): void {
  const weakness = weaknessOf(secret);
  if (weakness === undefined || process.env.NODE_ENV !== 'production') return;
  throw new SessionOptionsError(
    `${name} is ${weakness}, and with NODE_ENV=production such a secret is refused: whoever guesses it can make sessions. ` +
      SECRET_CURE,
  );
}
