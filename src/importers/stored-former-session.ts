import { answerOf, readEntry } from '../engines/express-store/ask-store.js';
import type { ExpressStore } from '../engines/express-store/express-store.js';
import type { TimeLimit } from '../engines/time-limit.js';
import type { ValueConverter } from './convert-values.js';
import type { FormerContent, FormerCookie, FormerSession, ImportContext } from './session-importer.js';

/** Where the sessions of an importer are, and how to read them. */
export interface FormerStore {
  readonly source: string;
  readonly store: ExpressStore;
  readonly cookie: FormerCookie;
  readonly converter: ValueConverter;
  readonly until: Date | undefined;
  /** The age in milliseconds that the other library gives to sessions which do not ask for another; null for none. */
  readonly usualAge: number | null;
  /** For each answer of the store. */
  readonly limit: TimeLimit;
  /** Whether the log has the notice of a session that is missing. */
  readonly notice: { isGiven: boolean };
}

/** How such stores keep a session: its data, and beside them its cookie, which they read the lifetime from. */
interface Entry {
  readonly cookie?: { readonly expires?: string | Date | null | false; readonly originalMaxAge?: number | null };
}

/** A session in a store that was made for express-session. */
export class StoredFormerSession implements FormerSession {
  #entry: Entry | undefined;

  constructor(
    readonly id: string,
    private readonly from: FormerStore,
    private readonly context: ImportContext,
  ) {}

  get source(): string {
    return this.from.source;
  }

  get cookies(): readonly FormerCookie[] {
    return [this.from.cookie];
  }

  get endsAt(): Date | undefined {
    return this.from.until;
  }

  async load(): Promise<FormerContent | undefined> {
    const entry = await this.#inTime(() => readEntry<Entry>(this.from.store, this.id));
    if (!entry) return this.#missing();
    if (this.#endOf(entry) <= this.context.clock.now()) return undefined;
    this.#entry = entry;
    const { cookie, ...former } = entry;
    const values = this.from.converter.values(former, this.context);
    return values && { values, expiry: ownExpiry(cookie?.originalMaxAge ?? null, this.from.usualAge) };
  }

  async end(seconds?: number): Promise<void> {
    const { store } = this.from;
    if (seconds === undefined) return this.#inTime(() => answerOf((done) => store.destroy(this.id, done)));
    const maxAge = seconds * 1000;
    const expires = this.context.clock.now() + maxAge;
    // Never later than it was: nobody must be able to keep it alive by bringing it again and again.
    if (!this.#entry || this.#endOf(this.#entry) <= expires) return;
    // Some stores look at the one, some at the other.
    const cookie = { ...this.#entry.cookie, maxAge, expires: new Date(expires).toISOString() };
    await this.#inTime(() => answerOf((done) => store.set(this.id, { ...this.#entry, cookie }, done)));
  }

  /** As it is with every session that has expired; but were it so with all of them, nobody would know why. */
  #missing(): undefined {
    const { source, notice } = this.from;
    if (notice.isGiven) return undefined;
    notice.isGiven = true;
    this.context.warn(
      `A cookie of ${source} is signed rightly, but the old store has no such session. Either that has expired, or the store ` +
        'looks for it under another name than the old application: compare their prefixes. This is said only once.',
    );
  }

  /** In milliseconds. */
  #endOf({ cookie }: Entry): number {
    return cookie?.expires ? new Date(cookie.expires).getTime() : Infinity;
  }

  #inTime<T>(call: () => Promise<T>): Promise<T> {
    const { limit } = this.from;
    return limit.run(() => new Error(`The store did not answer within ${limit.seconds} seconds`), call);
  }
}

/**
 * What a session asked for beyond what was usual: a number of seconds, or 0 for until the browser closes. Compared in
 * seconds, for express-session measures the age of a new session anew and may find a millisecond gone.
 */
function ownExpiry(age: number | null, usualAge: number | null): number | undefined {
  const seconds = inSeconds(age);
  return seconds === inSeconds(usualAge) ? undefined : seconds;
}

function inSeconds(age: number | null): number {
  return age === null ? 0 : Math.ceil(age / 1000);
}
