import { SharedByCopies } from '../shared-by-copies.js';

/** What a store keeps of a session. */
export interface StoredSession {
  /** Opaque to the store: encoded, signed and perhaps encrypted. */
  readonly data: string;
  /** From this instant on the session no longer exists. */
  readonly expiresAt: Date;
}

/** A session on its way into a store. Only {@link StoredSession}'s own members are kept, by {@link ListsByUser} the user too. */
export interface SessionToStore extends StoredSession {
  /**
   * Stands for the user whose session it is, and matches `[a-z0-9]{8,64}`; null for nobody's. Absent where nobody asks for
   * the sessions of a user: what a store knows of the user then stays as it is.
   */
  readonly user?: string | null;
  /** What `data` says, decoded, for an engine that keeps a column or an index beside it. Absent outside the module. */
  readonly values?: Readonly<Record<string, unknown>>;
}

/** What became of a compare and swap: stored, another writer was first, or there is no such session any more. */
export type ReplaceOutcome = 'replaced' | 'changed' | 'gone';

/**
 * The contract of a store that keeps sessions on the server. Keys match `[a-z0-9]{8,64}` and arrive hashed or not; an
 * engine need not care. Every method rejects when the store cannot answer, and only then: an engine never turns an
 * outage into a missing session. `describeSessionEngine` of `nest-sessions/testing` proves an implementation.
 *
 * The class also serves as the injection token of the engine in use.
 */
@SharedByCopies('SessionEngine')
export abstract class SessionEngine {
  /** The stored session, or undefined when it is missing or expired. */
  abstract load(key: string): Promise<StoredSession | undefined>;

  /** Stores a new session. False, and nothing changed, when the key is taken. */
  abstract create(key: string, session: SessionToStore): Promise<boolean>;

  /**
   * Compare and swap: stores `session` only while the stored data still equals `previous.data`. Never creates, so a
   * deleted or expired session stays gone.
   */
  abstract replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome>;

  /**
   * Moves the expiry of a live session forward; false when it is gone. Never creates, never moves the expiry back.
   *
   * @param user the one that it was stored with, for engines that {@link ListsByUser}
   */
  abstract touch(key: string, expiresAt: Date, user?: string | null): Promise<boolean>;

  /** Gone afterwards. A missing key is no error. */
  abstract delete(key: string): Promise<void>;

  /** Removes at most `limit` expired sessions and says how many. */
  abstract deleteExpired(limit: number): Promise<number>;
}

/** A stored session and the key that the store has it under. */
export interface KeyedSession extends StoredSession {
  /** As it was given to `create`. */
  readonly key: string;
}

/** What an engine can do beside the contract: tell the sessions of a user. */
export interface ListsByUser {
  /**
   * The live sessions that were last stored with that `user`, in no order. Every one whose `create` or `replace` was
   * answered before; one that is being stored may be missing. One that is no longer this user's, or that has gone
   * meanwhile, may be among them: whoever asks looks into each.
   */
  listByUser(user: string): Promise<KeyedSession[]>;
}

/** Whether an engine can tell the sessions of a user. */
export function listsByUser<T extends SessionEngine>(engine: T): engine is T & ListsByUser {
  return typeof (engine as Partial<ListsByUser>).listByUser === 'function';
}

/** An engine with work to do before its first use and after its last, e.g. checking a folder or closing a connection. */
export interface EngineLifecycle {
  /**
   * Called once, when the application starts. Rejects, naming the cure, when the engine cannot work.
   *
   * @param warn takes what the operator should know
   */
  open?(warn: (message: string) => void): Promise<void>;
  /** Called once, when the application shuts down. */
  close?(): Promise<void>;
}
