import type { Client } from './session-record.js';

/** Something that happened to a session. Never holds a key. */
export interface SessionEvent extends Client {
  /**
   * - `created`: a session was stored for the first time
   * - `imported`: one was stored that goes on from a session of another library
   * - `rotated`: it got a new key, as `cycleKey()` does at a login
   * - `deleted`: it was ended, by `flush()` or through {@link SessionService}
   * - `expired`: a client presented one whose time was over, or expired ones were removed from the store (`count`)
   * - `interrupted`: a request could not store its changes, because the session was deleted, or got a new key, meanwhile
   * - `rejected`: what a client presented was not taken; `reason` says why
   */
  readonly type: 'created' | 'imported' | 'rotated' | 'deleted' | 'expired' | 'interrupted' | 'rejected';
  /** The first 8 hex digits of the SHA-256 of the session key, as in the log. Absent only beside `count`. */
  readonly session?: string;
  /** For `rotated`: what `session` was before. */
  readonly previous?: string;
  /** For `expired`: how many were removed from the store at once. */
  readonly count?: number;
  /**
   * For `rejected`: `unknown`, when the store has no such session (it has expired, was ended, or the key was guessed: the
   * store cannot say which); `corrupted`, when its data or its cookie was altered, or signed with another secret.
   */
  readonly reason?: 'unknown' | 'corrupted';
  /** For a `corrupted` one: what is wrong with it. */
  readonly detail?: string;
  /** Whose session it is, where the option `userKey` says what names the user and the session was at hand. */
  readonly user?: string;
  /** When it happened. */
  readonly at: Date;
}

export type EventLevel = 'debug' | 'warn';

/** Where the heart tells what happens. */
export interface SessionObserver {
  /** Whether anybody wants to know of events of that level. What is known by nobody need not be put together. */
  hears(level: EventLevel): boolean;
  event(event: SessionEvent): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Whether an event is a sign of trouble. */
export function levelOf({ type, reason }: Pick<SessionEvent, 'type' | 'reason'>): EventLevel {
  return type === 'interrupted' || reason === 'corrupted' ? 'warn' : 'debug';
}

/** An event as a line of the log, which names nobody. */
export function describeEvent({ type, session, previous, count, reason, detail }: SessionEvent): string {
  if (count !== undefined) return `Expired sessions were removed from the store: ${count}.`;
  if (reason === 'corrupted') return `Session data corrupted: session ${session} is treated as unknown. ${detail}`;
  if (previous !== undefined) return `Session ${previous} has got a new key and is ${session} from now on.`;
  return `Session ${session} ${WHAT_HAPPENED[type]}`;
}

const WHAT_HAPPENED: Record<SessionEvent['type'], string> = {
  created: 'was created.',
  imported: 'goes on from a session of another library.',
  rotated: 'has got a new key.',
  deleted: 'was deleted.',
  expired: 'was presented, but has expired.',
  interrupted: 'was deleted, or given a new key, while a request changed it: these changes are not stored.',
  rejected: 'was presented, but the store does not know it: it has expired, was deleted, or never was.',
};
