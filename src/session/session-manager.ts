import type { Session, SessionKeeper } from './session.js';
import type { SessionState } from './session-state.js';

/** Loads and stores sessions. One for engines that keep them on the server, one for those that keep them in the cookie. */
export interface SessionManager extends SessionKeeper {
  /** Loads the session of the key that the client sent, or an empty one. Once per state, however often it is called. */
  load(state: SessionState): Promise<void>;
  /** Reads the session again and forgets what was done to it. Rejects when it is gone. */
  reload(state: SessionState): Promise<void>;
  /** Whether {@link commit} would have anything to do. */
  needsCommit(state: SessionState): boolean;
  /** Whether the client can still open what is stored now: once the head has left it can be sent no cookie. */
  reachesClient(state: SessionState): boolean;
  /** Stores what is not stored yet. May be called again. */
  commit(state: SessionState): Promise<void>;
  /** The application's view of a state. */
  session(state: SessionState): Session;
  /** A new stored session outside a request. */
  create(data: Readonly<Record<string, unknown>>): Promise<Session>;
  /** The live session of that key, to be changed and saved outside a request. */
  find(key: string): Promise<Session | undefined>;
  delete(key: string): Promise<void>;
  /**
   * Removes expired sessions in batches of at most `batch`, with room for other work in between, and says how many there
   * were. Once the signal is aborted, the batch at work is the last.
   */
  clearExpired(batch?: number, signal?: AbortSignal): Promise<number>;
}
