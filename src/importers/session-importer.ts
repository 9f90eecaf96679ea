import type { CookieOptions } from '../cookies/index.js';
import type { Clock } from '../session/clock.js';

/** The cookies of a request by name, as the browser sent them: nothing is unquoted or percent-decoded. */
export type ReceivedCookies = ReadonlyMap<string, readonly string[]>;

/** What a session of another library holds. */
export interface FormerContent {
  /** Only what JSON can hold, under keys that do not begin with `_`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** When it ends, as `session.setExpiry` takes it. @default as the options of the module say */
  readonly expiry?: number | Date;
}

/** A cookie of another library, with the attributes that a browser must be told to drop it. */
export interface FormerCookie {
  /** Its name. */
  readonly name: string;
  /** Its attributes. */
  readonly options: CookieOptions;
}

/** A session that another library has made for the browser of a request. */
export interface FormerSession {
  /** What made it, and where: two sessions of the same source never have the same `id`. */
  readonly source: string;
  /** The same in every request that brings this session. Logs never show it. */
  readonly id: string;
  /** What the browser drops once the session goes on under another key. */
  readonly cookies: readonly FormerCookie[];
  /** From this instant on its importer takes it no more. @default unknown */
  readonly endsAt?: Date;
  /** What it holds; undefined when there is no such session any more. Rejects when its store cannot answer. */
  load(): Promise<FormerContent | undefined>;
  /** Ends it where it is kept: at once, or that many seconds from now if it lasts longer. */
  end(seconds?: number): Promise<void>;
}

/** What an importer may ask of the module. */
export interface ImportContext {
  /** The clock of the module. */
  readonly clock: Clock;
  /** Takes what the operator should know. Never a cookie's value, nor a part of it. */
  warn(message: string): void;
}

/** Finds the sessions that another library has made, so that the users who have them stay logged in. */
export interface SessionImporter {
  /** The cookies that it reads. None may have the name of the module's own. */
  readonly cookieNames: readonly string[];
  /** The sessions that a request brings. What was forged or altered is none; nothing is asked of a store yet. */
  claims(cookies: ReceivedCookies, context: ImportContext): FormerSession[];
}
