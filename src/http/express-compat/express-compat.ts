import type { Session } from '../../session/session.js';
import type { Exchange } from '../exchange.js';
import { CompatCookie } from './compat-cookie.js';
import { type CompatRequest, compatSession } from './compat-session.js';

/** What `request.session` and `request.sessionID` are under the option `expressCompat`. */
export class ExpressCompat implements CompatRequest {
  /** What the application sees of the session; undefined once it has destroyed it, as in express-session. */
  face: object | undefined;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.face = compatSession(this);
  }

  get session(): Session {
    return this.#exchange.session;
  }

  get cookie(): CompatCookie {
    return new CompatCookie(this.session, this.#exchange.cookieAttributes);
  }

  get id(): string {
    return this.#exchange.sessionId;
  }

  replace(hasSession: boolean): void {
    this.face = hasSession ? compatSession(this) : undefined;
  }

  reload(): Promise<void> {
    return this.#exchange.reload();
  }
}
