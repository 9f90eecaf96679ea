/** A place where subjects keep sessions, as the benchmark sets it up and clears it away. */
export interface BenchStore {
  readonly version: string;
  /** Adds sessions until there are so many, each of about 200 bytes of JSON, as other users of the application. */
  fill(rows: number): Promise<void>;
  /** Removes the sessions that were measured, and leaves those that fill it. */
  clear(): Promise<void>;
  /** Removes everything. */
  close(): Promise<void>;
}
