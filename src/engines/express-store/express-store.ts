/** What a store of express-session keeps for one session here: its cookie, which stores read the lifetime from, and the data. */
export interface ExpressEntry {
  readonly cookie: { readonly expires: string | Date; readonly originalMaxAge: number; readonly maxAge: number };
  readonly data: string;
}

/** A store of express-session, e.g. of a `connect-*` package. Described loosely, so that nobody needs its types. */
export interface ExpressStore {
  /* oxlint-disable typescript/no-explicit-any */
  /** Hands the stored entry to `done`; nothing when there is none. */
  get(key: string, done: (error: any, entry?: any) => void): unknown;
  /** Stores an entry, whatever was there. */
  set(key: string, entry: any, done?: (error?: any) => void): unknown;
  /** Removes an entry. */
  destroy(key: string, done?: (error?: any) => void): unknown;
}
