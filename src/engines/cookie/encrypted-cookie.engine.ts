import { SealedPayload, type SealedPayloadOptions } from '../../signing/sealed-payload.js';
import type { CookieSessionEngine, UnsealedSession } from '../cookie-session-engine.js';

export interface EncryptedCookieOptions extends Omit<SealedPayloadOptions, 'purpose'> {
  readonly cookieName: string;
}

/** Sessions in an encrypted cookie: the client can neither read nor change them, nor pass them off under another name. */
export class EncryptedCookieEngine implements CookieSessionEngine {
  readonly name = 'encrypted_cookies';
  readonly #payload: SealedPayload;

  constructor({ cookieName, ...options }: EncryptedCookieOptions) {
    this.#payload = new SealedPayload({ ...options, purpose: `session cookie ${cookieName}` });
  }

  seal(text: string): string {
    return this.#payload.seal(text);
  }

  unseal(value: string): UnsealedSession {
    return this.#payload.unseal(value);
  }
}
