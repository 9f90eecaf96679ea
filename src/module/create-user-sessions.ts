import type { SessionEngine } from '../engines/session-engine.js';
import { SessionOptionsError, UnsupportedByEngineError } from '../errors/index.js';
import type { Clock } from '../session/clock.js';
import type { SessionObserver } from '../session/session-event.js';
import { SessionOwners } from '../session/session-owners.js';
import { SessionStore } from '../session/session-store.js';
import { UserSessions } from '../session/user-sessions.js';
import { createCodec, createExpiry } from './create-codec.js';
import type { ResolvedOptions } from './session-options.js';

/** Whose sessions are whose; undefined where the options do not say what names a user. */
export function createOwners({ userKey, secret, secretFallbacks }: ResolvedOptions): SessionOwners | undefined {
  return userKey === undefined ? undefined : new SessionOwners(userKey, { secret, secretFallbacks });
}

/** Gives the sessions of users, or throws why there are none to be had. @param engine undefined where cookies hold sessions */
export function createUserSessions(
  options: ResolvedOptions,
  engine: SessionEngine | undefined,
  observer: SessionObserver,
  clock: Clock,
): () => UserSessions {
  const owners = createOwners(options);
  if (!owners) return () => refuseWithoutUserKey();
  if (!engine) return () => refuseCookies(String(options.engine));
  const store = new SessionStore({ engine, hashKeys: options.hashKeys, observer });
  const sessions = new UserSessions({
    store,
    codec: createCodec(options, clock),
    owners,
    expiry: createExpiry(options, clock),
    observer,
    clock,
  });
  return () => sessions;
}

function refuseWithoutUserKey(): never {
  throw new SessionOptionsError(
    'The sessions of a user are not known, because the option "userKey" of SessionModule is missing. Set it to the session ' +
      "key that names the user, e.g. userKey: 'userId'.",
  );
}

function refuseCookies(engine: string): never {
  throw new UnsupportedByEngineError(engine, 'list or end the sessions of a user, which only their browsers keep');
}
