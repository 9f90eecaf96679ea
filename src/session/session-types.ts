/* oxlint-disable typescript/no-explicit-any */
/** The data type in force: `T`, or anything at all where `T` names nothing. */
export type DataOf<T> = keyof T extends never ? Record<string, any> : T;

/** The names of the entries of a session. Names that begin with `_` are the library's and Django's: read, never set. */
export type KeyOf<T> = keyof DataOf<T> & string;

/** The type of the entry of that name. Never undefined: an optional entry may be absent, but cannot be set to undefined. */
export type ValueOf<T, K extends KeyOf<T>> = Exclude<DataOf<T>[K], undefined>;
