import type { StoredSession } from '../engines/session-engine.js';
import { signedAt } from '../signing/index.js';
import type { Clock } from './clock.js';
import type { SessionExpiry } from './expiry.js';
import type { SessionCodec } from './session-codec.js';
import type { SessionObserver } from './session-event.js';
import { type SessionOwners, type UserId, userText } from './session-owners.js';
import { type Client, clientOf, startOf } from './session-record.js';
import type { SessionStore } from './session-store.js';
import type { Session } from './session.js';

/** One session of a user. Nothing in it opens a session. */
export interface UserSession extends Client {
  /** Names the session to `revoke`. Stays the same when the session gets a new key. */
  readonly handle: string;
  /** When the session began: at the first store after the last flush, which may be before its user logged in. */
  readonly createdAt: Date;
  /** When it was last stored or renewed, which a request that only reads does not do. */
  readonly lastSeenAt: Date;
  /** When it ends if nobody comes back. */
  readonly expiresAt: Date;
  /** Whether it is the one that was named as current. */
  readonly current: boolean;
}

/** One session, as an application has it: itself, its key, or the handle of a {@link UserSession}. */
export type SessionReference = Session | string;

/** A session of a user, with the name that the engine has it under. */
interface OwnedSession extends UserSession {
  readonly name: string;
}

export interface UserSessionsSettings {
  readonly store: SessionStore;
  readonly codec: SessionCodec;
  readonly owners: SessionOwners;
  readonly expiry: SessionExpiry;
  readonly observer: SessionObserver;
  readonly clock: Clock;
}

/** While sessions are ended others may be given a new key or begin; as often as this they are looked for. */
const MOST_ROUNDS = 10;

/** The sessions of users, in a store that can list them. */
export class UserSessions {
  constructor(private readonly settings: UserSessionsSettings) {}

  /** The live sessions of a user, the one last seen first. */
  async list(user: UserId, current?: SessionReference): Promise<UserSession[]> {
    const sessions = await this.#find(user);
    return sessions.map((session) => {
      const { name: _, ...listed } = session;
      return { ...listed, current: this.#isSame(session, current) };
    });
  }

  /**
   * Ends the sessions of a user, but for one if it is named, and says how many there were: every one that was stored before
   * the call, also while it is being given a new key.
   */
  end(user: UserId, except?: SessionReference): Promise<number> {
    const spared = new Set<string>();
    return this.#end(user, (sessions) => {
      for (const session of sessions) if (this.#isSame(session, except)) spared.add(session.handle);
      return sessions.filter(({ handle }) => !spared.has(handle));
    });
  }

  /** Ends the session of that handle; false when there is none. */
  async endOne(handle: string): Promise<boolean> {
    const user = userOf(handle);
    if (user === undefined) return false;
    return (await this.#end(user, (sessions) => sessions.filter((session) => session.handle === handle))) > 0;
  }

  async #end(user: UserId, choose: (sessions: OwnedSession[]) => OwnedSession[]): Promise<number> {
    const { store, observer, clock } = this.settings;
    const ended = new Set<string>();
    for (let round = 0; round < MOST_ROUNDS; round++) {
      // A session that is given a new key appears under it before it goes under the old one. So once nothing is found any
      // more, what was found earlier has no other key either.
      const sessions = choose(await this.#find(user));
      if (sessions.length === 0) break;
      for (const { handle, name } of sessions) {
        const session = await store.deleteNamed(name);
        observer.event({ type: 'deleted', session, user: String(user), at: new Date(clock.now()) });
        ended.add(handle);
      }
    }
    return ended.size;
  }

  async #find(user: UserId): Promise<OwnedSession[]> {
    const { store, owners } = this.settings;
    const owner = userText(user);
    if (owner === undefined) return [];
    const found = new Map<string, OwnedSession>();
    for (const mark of owners.marks(owner)) {
      for (const { key, ...stored } of await store.listByUser(mark)) {
        const session = this.#read(key, stored, owner);
        if (session) found.set(key, session);
      }
    }
    return [...found.values()].toSorted((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime());
  }

  #isSame({ handle, name }: OwnedSession, reference: SessionReference | undefined): boolean {
    if (reference === undefined) return false;
    const key = typeof reference === 'string' ? reference : reference.key;
    return handle === reference || (key !== undefined && name === this.settings.store.nameOf(key));
  }

  /** Undefined for what is none, or no longer this user's: a store may name that too. */
  #read(name: string, stored: StoredSession, owner: string): OwnedSession | undefined {
    const { owners, expiry } = this.settings;
    const values = this.#decode(stored.data);
    const client = values && clientOf(values);
    if (!client || owners.ownerOf(values) !== owner || expiry.isOver(values)) return undefined;
    const { id, ...record } = client;
    const storedAt = signedAt(stored.data).getTime();
    const lastSeen = Math.max(storedAt, expiry.renewedAt(values, stored.expiresAt) ?? 0);
    return {
      name,
      handle: handleOf(id, owner),
      createdAt: new Date(startOf(values) ?? storedAt),
      lastSeenAt: new Date(lastSeen),
      expiresAt: stored.expiresAt,
      ...record,
      current: false,
    };
  }

  #decode(data: string): ReadonlyMap<string, unknown> | undefined {
    try {
      return this.settings.codec.decode(data).values;
    } catch {
      // What cannot be read opens nothing either.
      return undefined;
    }
  }
}

/** Says of whom it is, so that the session can be found by the index; the identifier cannot be guessed. */
function handleOf(id: string, user: string): string {
  return `${id}.${Buffer.from(user).toString('base64url')}`;
}

function userOf(handle: string): string | undefined {
  const [, user] = /^[\w-]{8,}\.([\w-]+)$/.exec(handle) ?? [];
  return user === undefined ? undefined : Buffer.from(user, 'base64url').toString();
}
