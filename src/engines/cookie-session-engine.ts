/** The text of a session and when it was put into its cookie. */
export interface UnsealedSession {
  readonly text: string;
  readonly sealedAt: Date;
}

/**
 * The second, smaller kind of engine: the cookie holds the whole session, and nothing is kept on the server. It turns the
 * text of a session into the value of a cookie and back; when a session ends is not its business.
 */
export interface CookieSessionEngine {
  /** As in the option `engine`, for messages. */
  readonly name: string;

  /** The value of the cookie: of letters, digits and `-_.:` only, so that it is sent as it stands. */
  seal(text: string): string;

  /** What {@link seal} was given. Throws for what was forged or altered, and for what another engine made. */
  unseal(value: string): UnsealedSession;
}
