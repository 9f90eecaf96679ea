/** What a store keeps of a session. `data` is opaque to it: encoded, signed and perhaps encrypted. */
export interface StoredSession {
  readonly data: string;
  /** From this instant on the session no longer exists. */
  readonly expiresAt: Date;
}

/** A session on its way into a store. Only {@link StoredSession}'s own members are kept. */
export interface SessionToStore extends StoredSession {
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

  /** Moves the expiry of a live session forward; false when it is gone. Never creates, never moves the expiry back. */
  abstract touch(key: string, expiresAt: Date): Promise<boolean>;

  /** Gone afterwards. A missing key is no error. */
  abstract delete(key: string): Promise<void>;

  /** Removes at most `limit` expired sessions and says how many. */
  abstract deleteExpired(limit: number): Promise<number>;
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
