import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Session } from '../session/session.js';
import { SharedByCopies } from '../shared-by-copies.js';
import { equalTexts } from '../signing/equal-texts.js';
import { deriveKey, hmac, type Secret } from '../signing/salted-hmac.js';
import type { ResolvedOptions } from './session-options.js';
import { RESOLVED_OPTIONS } from './tokens.js';

/** Who is logged in by `django.contrib.auth`. */
export interface DjangoUser {
  /** The primary key of the user, as text. */
  readonly id: string;
  /** The path of the class that authenticated the user, one of AUTHENTICATION_BACKENDS. */
  readonly backend: string;
}

/** A user to log in. */
export interface DjangoCredentials {
  /** The primary key of the user. */
  readonly id: string | number | bigint;
  /** What stands in the column `password` of the user. */
  readonly passwordHash: string;
  /** @default 'django.contrib.auth.backends.ModelBackend' */
  readonly backend?: string;
}

const ID_KEY = '_auth_user_id';
const BACKEND_KEY = '_auth_user_backend';
const HASH_KEY = '_auth_user_hash';
const CSRF_KEY = '_csrftoken';
const SALT = 'django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash';

/**
 * Logins that `django.contrib.auth` made or is to know, in sessions shared with Django by `djangoInterop`. To log out,
 * `session.flush()`, as Django does.
 */
@SharedByCopies('DjangoAuth')
@Injectable()
export class DjangoAuth {
  readonly #keys: readonly [current: KeyObject, ...former: KeyObject[]];

  /** @hidden */
  constructor(
    @Inject(RESOLVED_OPTIONS) { secret, secretFallbacks }: Pick<ResolvedOptions, 'secret' | 'secretFallbacks'>,
  ) {
    const keyOf = (from: Secret): KeyObject => deriveKey(SALT, from, 'sha256');
    this.#keys = [keyOf(secret), ...secretFallbacks.map(keyOf)];
  }

  /**
   * Who the session says is logged in; undefined when nobody is. Believe it only once {@link verify} has said so too: the
   * user may be gone, or may have a new password since.
   */
  user<T extends object>(session: Session<T>): DjangoUser | undefined {
    const id = session.get(ID_KEY);
    const backend = session.get(BACKEND_KEY);
    return typeof id === 'string' && typeof backend === 'string' ? { id, backend } : undefined;
  }

  /**
   * Whether the login of the session is still good for the user with this password: Django ends all sessions of a user
   * whose password changes. Where it is not, flush the session, as Django does.
   *
   * @param passwordHash what stands in the column `password` of the user of that id
   */
  verify<T extends object>(session: Session<T>, passwordHash: string): boolean {
    const given = session.get(HASH_KEY);
    if (typeof given !== 'string' || !this.user(session)) return false;
    return this.#keys.some((key) => equalTexts(given, sessionHash(key, passwordHash)));
  }

  /**
   * Logs a user in, here and in Django; who it is must have been checked. The session gets a new key, also when the same
   * user logs in again, which Django's does not; when it was another user's, nothing of that stays. Django's `login()`, less
   * its signal and the time of the last login.
   */
  async logIn<T extends object>(session: Session<T>, { id, passwordHash, backend }: DjangoCredentials): Promise<void> {
    const before = this.user(session);
    const isOther = before !== undefined && (before.id !== String(id) || !this.verify(session, passwordHash));
    await (isOther ? session.flush() : session.cycleKey());
    session.setReserved(ID_KEY, String(id));
    session.setReserved(BACKEND_KEY, backend ?? 'django.contrib.auth.backends.ModelBackend');
    session.setReserved(HASH_KEY, sessionHash(this.#keys[0], passwordHash));
    // With CSRF_USE_SESSIONS. Django makes a new one when it finds none.
    session.delete(CSRF_KEY);
  }
}

/** Django's `get_session_auth_hash`. */
function sessionHash(key: KeyObject, passwordHash: string): string {
  return Buffer.from(hmac(key, passwordHash, 'sha256'), 'base64url').toString('hex');
}
