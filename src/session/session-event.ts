/** Something that happened to a session. Never holds a key. */
export interface SessionEvent {
  readonly type: 'created' | 'rotated' | 'deleted' | 'expired' | 'interrupted' | 'rejected';
  /** The first 8 hex digits of the SHA-256 of the session key, as in the log. */
  readonly session: string;
  /** For `rejected`: why what the client or the store presented was not taken. */
  readonly reason?: string;
  readonly at: Date;
}

/** Where the heart tells what happens. */
export interface SessionObserver {
  event(event: SessionEvent): void;
  warn(message: string): void;
  error(message: string): void;
}
