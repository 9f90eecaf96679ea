import { signedAt, SignedPayload, type SignedPayloadOptions, WORTH_COMPRESSING } from '../../signing/index.js';
import type { CookieSessionEngine, UnsealedSession } from '../cookie-session-engine.js';

/**
 * Sessions in a signed cookie: the client can read them, but change nothing. Django's `signed_cookies`, in Django's format,
 * so either can read what the other wrote. Small ones are not compressed. The signature does not cover the cookie's name.
 */
export class SignedCookieEngine implements CookieSessionEngine {
  readonly name = 'signed_cookies';
  readonly #payload: SignedPayload;

  constructor(options: Omit<SignedPayloadOptions, 'salt'>) {
    this.#payload = new SignedPayload({ ...options, salt: 'django.contrib.sessions.backends.signed_cookies' });
  }

  seal(text: string): string {
    return this.#payload.pack(text, { compress: text.length >= WORTH_COMPRESSING });
  }

  unseal(value: string): UnsealedSession {
    const text = this.#payload.unpack(value);
    return { text, sealedAt: signedAt(value) };
  }
}
