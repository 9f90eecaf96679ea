import type { Clock } from '../../session/clock.js';
import type { SessionEngine } from '../session-engine.js';
import type { SessionEngineCapabilities } from './capabilities.js';
import type { Stage } from './stage.js';

/** Makes the engine under test. It must take its time from `clock`, unless the capability `clock` is false. */
export type SessionEngineFactory = (context: { clock: Clock }) => SessionEngine | Promise<SessionEngine>;

/** One promise of the contract, and how to see whether an engine keeps it. */
export interface SessionEngineCheck {
  /** A sentence. */
  readonly name: string;
  /** Left out, the check is for every engine. */
  readonly appliesTo?: (capabilities: SessionEngineCapabilities) => boolean;
  /** Rejects when the promise is broken. */
  readonly run: (stage: Stage) => Promise<void>;
}
