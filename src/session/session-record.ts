import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import type { SessionOwners } from './session-owners.js';
import type { SessionState } from './session-state.js';

/** Where a session keeps when it began: seconds since 1970. Everything leaves it as it is but a flush. */
export const START_KEY = '_session_start';
/** Where the session of a user keeps which one it is, and from where it was last changed. */
export const CLIENT_KEY = '_session_client';

/** What is known of who sent a request. */
export interface Client {
  /** As the adapter sees it: behind a proxy set its `trust proxy`. A session keeps 64 characters of it. */
  readonly ipAddress?: string;
  /** As the client calls itself. A session keeps 400 characters of it. */
  readonly userAgent?: string;
}

/** The entry {@link CLIENT_KEY}. The identifier stays the same when the session gets a new key. */
export interface ClientRecord extends Client {
  readonly id: string;
}

type Values = ReadonlyMap<string, unknown>;

const ID_BYTES = 12;
/** Nobody reads more of a user agent, and anybody can send more. */
const LONGEST_USER_AGENT = 400;
/** An address takes 45. Behind proxies that are all trusted it is whatever a client says. */
const LONGEST_ADDRESS = 64;

/** When the session began, in milliseconds; undefined when it does not say. */
export function startOf(values: Values): number | undefined {
  const start = values.get(START_KEY);
  return typeof start === 'number' ? start * 1000 : undefined;
}

/** Undefined for the session of nobody. */
export function clientOf(values: Values): ClientRecord | undefined {
  const client = values.get(CLIENT_KEY) as ClientRecord | undefined;
  return typeof client?.id === 'string' ? client : undefined;
}

/** What the library notes in sessions for itself, where the options `absoluteAge` or `userKey` ask for it. */
export class SessionRecord {
  constructor(
    private readonly clock: Clock,
    private readonly owners?: SessionOwners,
  ) {}

  /** Adds to a session that was stored without it, e.g. by a Django, that it began when it was last stored. */
  complete(values: Map<string, unknown>, storedAt: Date): Map<string, unknown> {
    if (startOf(values) === undefined) values.set(START_KEY, storedAt.getTime() / 1000);
    return values;
  }

  /** Brings the notes in a session that is about to be stored up to date. */
  note(state: SessionState): void {
    const { values } = state;
    if (startOf(values) === undefined) state.set(START_KEY, this.clock.now() / 1000);
    if (this.owners) this.#noteClient(state, this.owners);
  }

  #noteClient(state: SessionState, owners: SessionOwners): void {
    const before = clientOf(state.values);
    if (owners.ownerOf(state.values) === undefined) {
      if (before) state.delete(CLIENT_KEY);
      return;
    }
    const id = before?.id ?? randomBytes(ID_BYTES).toString('base64url');
    const { ipAddress, userAgent } = state.client?.() ?? before ?? {};
    const after = withoutAbsent({
      id,
      ipAddress: ipAddress?.slice(0, LONGEST_ADDRESS),
      userAgent: userAgent?.slice(0, LONGEST_USER_AGENT),
    });
    if (JSON.stringify(after) !== JSON.stringify(before)) state.set(CLIENT_KEY, after);
  }
}

/** JSON holds no undefined. */
function withoutAbsent(record: ClientRecord): ClientRecord {
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as unknown as ClientRecord;
}
