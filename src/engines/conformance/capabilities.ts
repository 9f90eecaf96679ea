import type { SessionEngine } from '../session-engine.js';

/** What an engine can do, as far as the suite has to know. Whatever is left out takes its default, the stricter one. */
export interface SessionEngineCapabilities {
  /**
   * Whether the engine takes its time from the clock that the factory is given. False for an engine whose store has a
   * clock of its own: nothing is then moved, and an expired session is one that was stored with an expiry in the past. The
   * few checks that only a moved clock makes possible are left out. The suite never waits.
   * @default true
   */
  clock?: boolean;
  /**
   * Whether `deleteExpired` finds something to delete. False for a store that drops expired sessions by itself; the engine
   * then answers 0.
   * @default true
   */
  deleteExpired?: boolean;
  /**
   * Whether a fresh engine may find sessions of other tests in its store. True relaxes what `deleteExpired` must count. The
   * suite's keys are random, so nothing else depends on it.
   * @default false
   */
  shared?: boolean;
  /**
   * The most bytes of `data` that the store takes.
   * @default no limit, of which the suite uses 1 MiB
   */
  maxDataBytes?: number;
  /**
   * Whether the engine has `listByUser`.
   * @default false
   */
  listsByUser?: boolean;
  /**
   * Makes the store of this engine unable to answer and resolves to what repairs it, with all sessions as they were. While
   * it is broken every method must reject. Left out, the checks of outages are left out.
   */
  breakStore?(engine: SessionEngine): Promise<() => Promise<void>>;
}
