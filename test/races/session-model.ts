import type { Model } from './linearization.js';

/** What a handler can do at once, to the real session and to that of the model. */
export interface Changeable {
  get(key: string): unknown;
  set(key: string, value: unknown): unknown;
  delete(key: string): boolean;
  compute(key: string, next: (current: unknown) => unknown): unknown;
  setDefault(key: string, value: unknown): unknown;
  clear(): void;
  flash(key: string, value: unknown): unknown;
}

/** Something a handler does to its session; the number tells operations apart. */
export type Change = (session: Changeable, operation: number) => unknown;

/** What a request waits for, and the changes that it has made since it last waited. */
export interface Action {
  readonly kind: 'load' | 'save' | 'cycleKey' | 'flush' | 'commit' | 'read';
  readonly changes: readonly Change[];
}

export interface KeptSession {
  readonly values: ReadonlyMap<string, unknown>;
  readonly expiresAt: Date;
}

export interface ModelSettings {
  /** Until when a session lives that this operation stores. */
  readonly expiry: (operation: number) => Date;
  /** Whether a commit of this operation moves the expiry when there is nothing to store. */
  readonly renews: (operation: number) => boolean;
}

/** The name of the session that every request brings along. */
export const FIRST = 'the first session';
/** The outcome for a request whose session was deleted meanwhile. */
export const INTERRUPTED = 'interrupted';
/** The one flash message that requests leave and read, and the key that it is kept under. */
export const MESSAGE = 'notice';
export const MESSAGE_KEY = `_flash_${MESSAGE}`;

/**
 * What sessions promise, as if nothing ever overlapped: the store is a map, and a request does to what the map holds by then
 * all that it did since it last waited. Shares nothing with the code that it judges.
 */
export class SessionModel implements Model<Action, SessionModel> {
  constructor(
    private readonly sessions: ReadonlyMap<string, KeptSession>,
    private readonly settings: ModelSettings,
    private readonly requests: ReadonlyMap<number, ModelRequest> = new Map(),
  ) {}

  after(operation: number, { kind, changes }: Action): { outcome: string; next: SessionModel } {
    const sessions = new Map(this.sessions);
    const request = new ModelRequest(operation, this.requests.get(operation));
    for (const change of changes) change(request, operation);
    const outcome = this.#take(kind, request, sessions);
    const requests = new Map(this.requests).set(operation, request);
    return { outcome, next: new SessionModel(sessions, this.settings, requests) };
  }

  /** What the store holds, in an order that depends on nothing else. */
  describe(): string[] {
    return [...this.sessions].map(([name, session]) => describeSession(name, session)).sort();
  }

  #take(kind: Action['kind'], request: ModelRequest, sessions: Map<string, KeptSession>): string {
    const { key } = request;
    if (kind === 'load') return request.load(sessions.get(FIRST));
    if (kind === 'flush') {
      if (key !== undefined) sessions.delete(key);
      return request.flush();
    }
    if (kind === 'read') return readAs(this.#read(request, sessions));
    if (request.isInterrupted) return INTERRUPTED;
    const journal = request.takeJournal();
    if (kind === 'commit' && journal.length === 0) return this.#renew(request, sessions);
    if (kind === 'commit' && key === undefined && request.values.size === 0) return storedAs(undefined);
    return this.#store(request, sessions, journal, kind === 'cycleKey');
  }

  #store(
    request: ModelRequest,
    sessions: Map<string, KeptSession>,
    journal: readonly JournalEntry[],
    anew: boolean,
  ): string {
    const { key, operation } = request;
    const kept = key === undefined ? new Map<string, unknown>() : sessions.get(key)?.values;
    if (!kept) {
      request.isInterrupted = true;
      return INTERRUPTED;
    }
    const values = structuredClone(new Map(kept));
    for (const entry of journal) entry(values);
    if (key !== undefined && anew) sessions.delete(key);
    request.storedAs(key === undefined || anew ? ownSession(operation, ++request.created) : key, kept, values);
    sessions.set(request.key!, { values, expiresAt: this.settings.expiry(operation) });
    return storedAs(request.key);
  }

  /** The message goes from the store to the request at once. What the request has changed is not stored with that. */
  #read(request: ModelRequest, sessions: Map<string, KeptSession>): unknown {
    const { key, operation } = request;
    const kept = key === undefined ? undefined : sessions.get(key);
    if (!kept || !request.awaitsMessage) return undefined;
    const values = new Map(kept.values);
    const message = values.get(MESSAGE_KEY);
    if (values.delete(MESSAGE_KEY)) sessions.set(key!, { values, expiresAt: this.settings.expiry(operation) });
    request.received(message, values);
    return message;
  }

  #renew({ key, operation, isStored }: ModelRequest, sessions: Map<string, KeptSession>): string {
    const kept = key === undefined ? undefined : sessions.get(key);
    if (kept && !isStored && this.settings.renews(operation)) {
      const expiresAt = new Date(Math.max(Number(kept.expiresAt), Number(this.settings.expiry(operation))));
      sessions.set(key!, { ...kept, expiresAt });
    }
    return storedAs(key);
  }
}

/** The outcome for a request whose session has that name now. */
export function storedAs(name: string | undefined): string {
  return name === undefined ? 'no session' : `stored as ${name}`;
}

/** The outcome for a request that has asked for the message. */
export function readAs(message: unknown): string {
  return message === undefined ? 'no message' : `message ${JSON.stringify(message)}`;
}

/** The name of a session that an operation made: of its first, its second … */
export function ownSession(operation: number, number: number): string {
  return `session ${number} of operation ${operation}`;
}

export function describeSession(name: string, { values, expiresAt }: KeptSession): string {
  return `${name} until ${expiresAt.toISOString()}: ${describeValues(values)}`;
}

/** Values as text that does not depend on their order. */
export function describeValues(values: Iterable<readonly [string, unknown]>): string {
  return JSON.stringify([...values].sort(([one], [other]) => (one < other ? -1 : 1)));
}

type JournalEntry = (values: Map<string, unknown>) => void;

/** A request of the model: what it has read, and a journal of what it did since its last step. */
class ModelRequest implements Changeable {
  key: string | undefined;
  values: Map<string, unknown>;
  /** It has stored the session, so there is nothing to renew. */
  isStored: boolean;
  /** It was told that its session is gone. */
  isInterrupted: boolean;
  /** How many new sessions it has made. */
  created: number;
  /** The store has a message that is neither its own nor one that it has read, as far as it knows. */
  #knowsMessage: boolean;
  /** It has read the message, or stored one itself, so there is none for it any more. */
  #isServed: boolean;
  #journal: JournalEntry[];
  /** Objects that the handler may have changed inside, as they were when it got them. */
  readonly #handedOut: Map<string, string>;

  constructor(
    readonly operation: number,
    before?: ModelRequest,
  ) {
    this.key = before?.key;
    this.values = structuredClone(before?.values ?? new Map());
    this.isStored = before?.isStored ?? false;
    this.isInterrupted = before?.isInterrupted ?? false;
    this.created = before?.created ?? 0;
    this.#knowsMessage = before ? before.#knowsMessage : false;
    this.#isServed = before ? before.#isServed : false;
    this.#journal = before ? [...before.#journal] : [];
    this.#handedOut = new Map(before && before.#handedOut);
  }

  load(kept: KeptSession | undefined): string {
    if (!kept) return storedAs(undefined);
    this.key = FIRST;
    this.values = structuredClone(new Map(kept.values));
    this.#knowsMessage = kept.values.has(MESSAGE_KEY);
    return describeValues(kept.values);
  }

  flush(): string {
    this.key = undefined;
    this.isInterrupted = false;
    this.values.clear();
    this.#handedOut.clear();
    this.#journal = [];
    return storedAs(undefined);
  }

  /** @param kept what the store held before */
  storedAs(key: string, kept: ReadonlyMap<string, unknown>, values: ReadonlyMap<string, unknown>): void {
    this.key = key;
    this.values = structuredClone(new Map(values));
    this.isStored = true;
    this.#knowsMessage = values.has(MESSAGE_KEY);
    if (this.#knowsMessage && kept.get(MESSAGE_KEY) !== values.get(MESSAGE_KEY)) this.#isServed = true;
  }

  get awaitsMessage(): boolean {
    return this.#knowsMessage && !this.#isServed && this.values.has(MESSAGE_KEY);
  }

  /** @param kept what the store holds now */
  received(message: unknown, kept: ReadonlyMap<string, unknown>): void {
    this.values = structuredClone(new Map(kept));
    for (const entry of this.#journal) entry(this.values);
    this.#knowsMessage = false;
    if (message !== undefined) this.isStored = this.#isServed = true;
  }

  takeJournal(): readonly JournalEntry[] {
    for (const [key, json] of this.#handedOut) {
      const value = this.values.get(key);
      if (JSON.stringify(value) !== json) this.#journal.push((values) => values.set(key, value));
    }
    return this.#journal.splice(0);
  }

  get(key: string): unknown {
    const value = this.values.get(key);
    if (typeof value === 'object') this.#handedOut.set(key, JSON.stringify(value));
    return value;
  }

  set(key: string, value: unknown): void {
    this.#do((values) => values.set(key, value));
  }

  delete(key: string): boolean {
    const had = this.values.has(key);
    if (had) this.#do((values) => values.delete(key));
    return had;
  }

  compute(key: string, next: (current: unknown) => unknown): unknown {
    this.#do((values) => values.set(key, next(values.get(key))));
    return this.values.get(key);
  }

  setDefault(key: string, value: unknown): unknown {
    return this.values.has(key) ? this.values.get(key) : this.compute(key, (current) => current ?? value);
  }

  clear(): void {
    this.#do((values) => values.clear());
  }

  flash(key: string, value: unknown): void {
    this.#do((values) => values.set(`_flash_${key}`, value));
  }

  #do(entry: JournalEntry): void {
    entry(this.values);
    this.#journal.push(entry);
  }
}
