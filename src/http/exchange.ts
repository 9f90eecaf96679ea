import type { ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import { CookieJar, serializeCookie, serializeDeletion } from '../cookies/index.js';
import { ResponseHeadSentError, SessionInterruptedError } from '../errors/index.js';
import type { Session } from '../session/session.js';
import { SessionState } from '../session/session-state.js';
import type { HttpSettings } from './http-settings.js';
import { ResponseGate, type GateKeeper } from './response-gate.js';
import { addVary } from './vary.js';

/** What an exchange needs of a request and its response, whichever the adapter. */
export interface HttpMessages {
  readonly cookieHeader: string | undefined;
  /** Absent where none can be answered with a head, e.g. in a WebSocket handshake. */
  readonly response: ServerResponse | undefined;
  readonly isSecure: () => boolean;
}

/** The session and the cookies of one request and its response. Does nothing until one of them is used. */
export class Exchange implements GateKeeper {
  readonly session: Session;
  readonly jar: CookieJar;
  readonly #messages: HttpMessages;
  readonly #settings: HttpSettings;
  readonly #state: SessionState;
  #gate: ResponseGate | undefined;
  #interruptionTold = false;

  constructor(messages: HttpMessages, settings: HttpSettings) {
    this.#messages = messages;
    this.#settings = settings;
    this.jar = new CookieJar(messages.cookieHeader, settings.cookies, () => this.#assertHeadUnsent());
    this.#state = new SessionState(this.jar.raw(settings.sessionCookie.name));
    this.session = settings.sessions.session(this.#state);
  }

  get isLoaded(): boolean {
    return this.#state.isLoaded;
  }

  /** The session, loaded on first use, and from then on stored before the response leaves. */
  load(): Promise<Session> {
    this.guard();
    return this.#settings.sessions.load(this.#state).then(() => this.session);
  }

  /** From here on the head of the response waits for what is to be stored. */
  guard(): void {
    const { response } = this.#messages;
    if (response && !this.#gate && !response.headersSent) this.#gate = new ResponseGate(response, this);
  }

  /** Stores what the request changed; undefined when there is nothing to do. Rejects with what the client is to be told. */
  commit(): Promise<void> | undefined {
    this.#tellInterruption();
    return this.#settings.sessions.needsCommit(this.#state) ? this.#settings.sessions.commit(this.#state) : undefined;
  }

  settle(status: number): Promise<void> | undefined {
    // Django saves nothing from 500 on. What the handler has started itself is finished all the same.
    if (status >= 500) return this.#state.isBusy ? this.#state.inTurn(async () => {}) : undefined;
    if (status >= 400) this.#interruptionTold = true;
    if (!this.#settings.saveEveryRequest || this.#state.isLoaded || !this.#hasCookie) return this.commit();
    return this.#settings.sessions.load(this.#state).then(() => this.commit());
  }

  decorate(response: ServerResponse): void {
    for (const cookie of this.#cookiesToSend(response.statusCode)) response.appendHeader('Set-Cookie', cookie);
    if (this.#state.accessed && !this.#state.interrupted) addVary(response, 'Cookie');
  }

  answerFor(error: unknown): { status: number; body: object } {
    if (error instanceof HttpException) {
      const body = error.getResponse();
      return {
        status: error.getStatus(),
        body: typeof body === 'object' ? body : { statusCode: error.getStatus(), message: body },
      };
    }
    this.#settings.log.error(error);
    return { status: 500, body: { statusCode: 500, message: 'Internal server error' } };
  }

  *#cookiesToSend(status: number): Iterable<string> {
    const own = this.#sessionCookie(status);
    const { name } = this.#settings.sessionCookie;
    for (const cookie of this.jar.pending()) {
      if (!own || !cookie.startsWith(`${name}=`)) yield cookie;
    }
    if (own) yield own;
  }

  #sessionCookie(status: number): string | undefined {
    const state = this.#state;
    if (!state.isLoaded || state.interrupted) return undefined;
    const { name, options } = this.#settings.sessionCookie;
    const attributes = options(this.#messages.isSecure);
    if (state.isEmpty) {
      if (!state.accessed || !this.#hasCookie || state.removals.size > 0) return undefined;
      return serializeDeletion(name, attributes, this.#settings.cookies);
    }
    if (!state.written || state.key === undefined) return undefined;
    // With an error the browser keeps what it has, unless that key is dead by now.
    if (status >= 500 && state.candidates.includes(state.key)) return undefined;
    state.accessed = true;
    const { expiry } = this.#settings.sessions;
    const lifetime = expiry.atBrowserClose(state.values) ? {} : { maxAge: expiry.age(state.values) };
    return serializeCookie(name, state.key, { ...attributes, ...lifetime }, this.#settings.cookies);
  }

  get #hasCookie(): boolean {
    return this.#state.candidates.length > 0;
  }

  /** An interruption that no promise of the application has reported becomes the answer, once. */
  #tellInterruption(): void {
    if (!this.#state.interrupted || this.#interruptionTold) return;
    this.#interruptionTold = true;
    throw new SessionInterruptedError();
  }

  #assertHeadUnsent(): void {
    this.guard();
    const { response } = this.#messages;
    if (!response || response.headersSent || this.#gate?.isPassed) {
      throw new ResponseHeadSentError(
        'The head of the response has left, so no cookie can be set. Set it before sending anything.',
      );
    }
  }
}
