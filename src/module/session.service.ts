import { Inject, Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { SessionHttp } from '../http/session-http.js';
import type { SessionData } from '../session/session-data.js';
import type { DataOf } from '../session/session-types.js';
import type { SessionEvent } from '../session/session-event.js';
import type { SessionManager } from '../session/session-manager.js';
import type { UserId } from '../session/session-owners.js';
import type { Session } from '../session/session.js';
import type { SessionReference, UserSession, UserSessions } from '../session/user-sessions.js';
import { SharedByCopies } from '../shared-by-copies.js';
import { SessionLog } from './session-log.js';
import { SESSION_LOG, SESSION_MANAGER, USER_SESSIONS } from './tokens.js';

/** Sessions for guards, middleware and services, and for code outside any request. */
@SharedByCopies('SessionService')
@Injectable()
export class SessionService {
  /**
   * What happens to sessions, without any key: for an audit log. Subscribers are called at once, so they should be quick; what
   * one throws, or rejects with later, goes into the log and disturbs no request.
   */
  readonly events: Observable<SessionEvent>;

  /** @hidden */
  constructor(
    @Inject(SessionHttp) private readonly http: SessionHttp,
    @Inject(SESSION_MANAGER) private readonly sessions: SessionManager,
    @Inject(USER_SESSIONS) private readonly userSessions: () => UserSessions,
    @Inject(SESSION_LOG) log: SessionLog,
  ) {
    this.events = log.events;
  }

  /**
   * The session of a request, given the request or an execution context; loaded once, then shared. What is changed is
   * stored before the response leaves.
   *
   * @throws SessionStoreError when the store cannot answer
   */
  async of<T extends object = SessionData>(contextOrRequest: unknown): Promise<Session<T>> {
    return (await this.http.exchange(contextOrRequest).load()) as unknown as Session<T>;
  }

  /** A new session outside a request, stored, with its `key`. */
  async create<T extends object = SessionData>(data: Partial<DataOf<T>> = {}): Promise<Session<T>> {
    return (await this.sessions.create(data)) as unknown as Session<T>;
  }

  /** The live session of that key, or undefined. Change it and `save()`. */
  async find<T extends object = SessionData>(key: string): Promise<Session<T> | undefined> {
    return (await this.sessions.find(key)) as unknown as Session<T> | undefined;
  }

  /** Ends the session of that key, wherever it is in use. A missing one is no error. */
  delete(key: string): Promise<void> {
    return this.sessions.delete(key);
  }

  /**
   * The session that a Cookie header names, e.g. of a WebSocket handshake; an empty one when it names none. Changes are
   * stored by `save()` only, and no cookie can be set.
   */
  async fromCookieHeader<T extends object = SessionData>(header: string | undefined): Promise<Session<T>> {
    return (await this.http.detached(header).load()) as unknown as Session<T>;
  }

  /** Deletes all expired sessions, a batch at a time, and says how many there were. Django's `clearsessions`. */
  clearExpired(): Promise<number> {
    return this.sessions.clearExpired();
  }

  /**
   * The live sessions of a user, the one last seen first, e.g. for a page "Your devices". Needs the option `userKey`; a
   * session is listed from the first time that it is stored with the option.
   *
   * @param user as the entry `userKey` names them
   * @param options the `current` session, or its key: it is marked in the list
   * @throws SessionOptionsError without `userKey`
   * @throws UnsupportedByEngineError where the engine cannot tell: cookies, stores of express-session, Keyv without Redis
   * @throws SessionStoreError when the store cannot answer
   */
  async listByUser(user: UserId, { current }: { current?: SessionReference } = {}): Promise<UserSession[]> {
    return this.userSessions().list(user, current);
  }

  /**
   * Ends all sessions of a user, but for one if it is named, and says how many there were. Their keys are dead at once, also
   * in requests under way: what those would store is refused. Call it when a password changes or an account is closed.
   *
   * @param user as the entry `userKey` names them
   * @param options the session to keep is `except`: itself, its key or its handle
   * @throws as {@link listByUser}
   */
  async revokeByUser(user: UserId, { except }: { except?: SessionReference } = {}): Promise<number> {
    return this.userSessions().end(user, except);
  }

  /**
   * Ends the session of a handle that {@link listByUser} gave; false when it has ended already. A handle says whose session
   * it names and who has it may end that session, so take only handles that are in the list of the user who asks.
   *
   * @throws as {@link listByUser}
   */
  async revoke(handle: string): Promise<boolean> {
    return this.userSessions().endOne(handle);
  }
}
