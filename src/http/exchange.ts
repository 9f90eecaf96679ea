import type { ServerResponse } from 'node:http';
import { HttpException } from '@nestjs/common';
import { CookieJar, type CookieOptions } from '../cookies/index.js';
import { ResponseHeadSentError, SessionInterruptedError } from '../errors/index.js';
import type { Session } from '../session/session.js';
import { newSessionKey } from '../session/session-key.js';
import { SessionState } from '../session/session-state.js';
import { ExpressCompat } from './express-compat/express-compat.js';
import { FormerCookies } from './former-cookies.js';
import type { HttpMessages } from './http-messages.js';
import type { HttpSettings } from './http-settings.js';
import { keepPrivate } from './keep-private.js';
import { LateChanges } from './late-changes.js';
import { ResponseGate, type GateKeeper } from './response-gate.js';
import { sessionCookieText } from './session-cookie.js';
import { addVary } from './vary.js';

/** The session and the cookies of one request and its response. Does nothing until one of them is used. */
export class Exchange implements GateKeeper {
  readonly session: Session;
  readonly jar: CookieJar;
  readonly #messages: HttpMessages;
  readonly #settings: HttpSettings;
  readonly #state: SessionState;
  readonly #compat: ExpressCompat | undefined;
  readonly #former: FormerCookies | undefined;
  #gate: ResponseGate | undefined;
  #late: LateChanges | undefined;
  #interruptionTold = false;
  /** Why the last commit failed, as the application was told. */
  #failure: Error | undefined;
  /** The client was told of a failure, so nothing is stored. */
  #hasFailed = false;

  constructor(messages: HttpMessages, settings: HttpSettings) {
    this.#messages = messages;
    this.#settings = settings;
    this.jar = new CookieJar(messages.cookieHeader, settings.cookies, () => this.#assertHeadUnsent());
    if (settings.importers.length > 0) this.#former = new FormerCookies(messages, settings);
    const candidates = this.jar.raw(settings.sessionCookie.name);
    this.#state = new SessionState(candidates, () => messages.client, this.#former);
    this.session = settings.sessions.session(this.#state);
    if (settings.expressCompat) this.#compat = new ExpressCompat(this);
  }

  /** What `request.session` is. */
  get requestSession(): unknown {
    return this.#compat ? this.#compat.face : this.session;
  }

  /** What `request.sessionID` is under `expressCompat`. */
  get sessionId(): string {
    return this.#state.key ?? (this.#state.reservedKey ??= newSessionKey());
  }

  get isLoaded(): boolean {
    return this.#state.isLoaded;
  }

  /** The session, loaded on first use, and from then on stored before the response leaves. */
  load(): Promise<Session> {
    this.guard();
    return this.#settings.sessions.load(this.#state).then(() => this.session);
  }

  /** Reads the session again from the store and forgets what was done to it. */
  reload(): Promise<void> {
    return this.#settings.sessions.reload(this.#state);
  }

  /** The attributes that the session cookie of this request gets. */
  get cookieAttributes(): CookieOptions {
    return this.#settings.sessionCookie.options(() => this.#messages.isSecure);
  }

  /** From here on the head of the response waits for what is to be stored. */
  guard(): void {
    if (this.#gate || this.#late) return;
    const { response } = this.#messages;
    if (!response) return;
    if (!response.headersSent) this.#gate = new ResponseGate(response, this);
    else this.#headHasLeft().responseIsOver();
  }

  /** Stores what the request changed; undefined when there is nothing to do. Rejects with what the client is to be told. */
  commit(): Promise<void> | undefined {
    if (this.#hasFailed) return undefined;
    if (this.#late) return this.#late.store();
    // The handler has set it already. Should a filter make another of it, the gate asks again.
    if (Number(this.#messages.response?.statusCode) >= 500) return undefined;
    this.#failure = undefined;
    this.#tellInterruption();
    const { sessions } = this.#settings;
    if (!sessions.needsCommit(this.#state)) return undefined;
    return sessions.commit(this.#state).catch((error: Error) => {
      this.#failure = error;
      throw error;
    });
  }

  settle(status: number): Promise<void> | undefined {
    if (this.#failure && status < 300) throw this.#failure;
    // Django saves nothing from 500 on. Neither is anything saved once the application knows that it was not.
    this.#hasFailed = status >= 500 || this.#failure !== undefined;
    // What the handler has started itself is finished all the same.
    if (this.#hasFailed) return this.#state.isBusy ? this.#state.inTurn(async () => {}) : undefined;
    if (status >= 400) this.#interruptionTold = true;
    const mustLoad = this.#settings.saveEveryRequest && !this.#state.isLoaded && this.#state.candidates.length > 0;
    if (!mustLoad) return this.commit();
    return this.#settings.sessions.load(this.#state).then(() => this.commit());
  }

  decorate(response: ServerResponse): void {
    const own = sessionCookieText(this.#state, response.statusCode, this.#messages, this.#settings);
    const others = this.#cookiesBeside(own);
    const sessions = this.#former ? [...this.#former.deletions(others)] : [];
    if (own) sessions.unshift(own);
    for (const cookie of others) response.appendHeader('Set-Cookie', cookie);
    for (const cookie of sessions) response.appendHeader('Set-Cookie', cookie);
    if (sessions.length > 0) keepPrivate(response);
    if (this.#state.accessed && !this.#state.interrupted) addVary(response, 'Cookie');
    this.#headHasLeft();
  }

  finish(): Promise<void> | undefined {
    this.#late?.responseIsOver();
    return this.#hasFailed ? undefined : this.#late?.store();
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

  #headHasLeft(): LateChanges {
    const late = new LateChanges(this.#state, this.#settings, this.#messages);
    this.#late = late;
    this.#state.onLateChange = () => {
      if (!this.#hasFailed) late.noticed();
    };
    return late;
  }

  /** What the application has set in the jar, but for the cookie of the session where the session sets that itself. */
  #cookiesBeside(own: string | undefined): readonly string[] {
    const cookies = this.jar.pending();
    return own ? cookies.filter((cookie) => !cookie.startsWith(`${this.#settings.sessionCookie.name}=`)) : cookies;
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
