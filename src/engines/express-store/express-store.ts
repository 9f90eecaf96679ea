/** What a store of express-session keeps for one session here: its cookie, which stores read the lifetime from, and the data. */
export interface ExpressEntry {
  readonly cookie: { readonly expires: string | Date; readonly originalMaxAge: number; readonly maxAge: number };
  readonly data: string;
}

type Done<T> = (error?: unknown, result?: T) => void;

/** A store of express-session, e.g. of a `connect-*` package. Described here so that nobody needs its types. */
export interface ExpressStore {
  // Methods, so that the store's own narrower types fit.
  get(key: string, done: Done<never>): unknown;
  set(key: string, entry: never, done?: Done<never>): unknown;
  destroy(key: string, done?: Done<never>): unknown;
}
