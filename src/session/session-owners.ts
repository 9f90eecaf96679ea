import { createHmac, type KeyObject } from 'node:crypto';
import { deriveKey } from '../signing/salted-hmac.js';
import { secretsOf, type SigningKeys } from '../signing/signer.js';

/** What names a user in sessions and in calls: 7 and '7' are the same one. */
export type UserId = string | number;

const SALT = 'nest-sessions.user';
/** Of 64, which makes a coincidence as unlikely as that of two random UUIDs. */
const HEX_DIGITS = 32;

/** Whose a session is, and what stands for the user in a store. */
export class SessionOwners {
  readonly #keys: readonly [KeyObject, ...KeyObject[]];

  /** @param userKey the entry of a session that names its user */
  constructor(
    private readonly userKey: string,
    keys: SigningKeys,
  ) {
    const [secret, ...fallbacks] = secretsOf(keys);
    this.#keys = [derive(secret), ...fallbacks.map(derive)];
  }

  /** Undefined for nobody's. */
  ownerOf(values: ReadonlyMap<string, unknown>): string | undefined {
    return userText(values.get(this.userKey));
  }

  /** What a store keeps beside the session instead of the user, who cannot be told from it without the secret. */
  markOf(values: ReadonlyMap<string, unknown>): string | null {
    const owner = this.ownerOf(values);
    return owner === undefined ? null : mark(this.#keys[0], owner);
  }

  /** What may stand for a user: made with the current secret, or with a former one. */
  marks(user: UserId): string[] {
    return this.#keys.map((key) => mark(key, String(user)));
  }
}

/** A user as text; undefined for nobody, who must not pass for a user called "undefined". */
export function userText(user: unknown): string | undefined {
  return (typeof user === 'string' && user !== '') || typeof user === 'number' ? String(user) : undefined;
}

function derive(secret: SigningKeys['secret']): KeyObject {
  return deriveKey(SALT, secret, 'sha256');
}

function mark(key: KeyObject, user: string): string {
  return createHmac('sha256', key).update(user).digest('hex').slice(0, HEX_DIGITS);
}
