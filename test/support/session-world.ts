import { jest } from '@jest/globals';
import { SessionExpiry } from '../../src/session/expiry.js';
import { SessionCodec } from '../../src/session/session-codec.js';
import { describeEvent, levelOf, type SessionEvent, type SessionObserver } from '../../src/session/session-event.js';
import { hashSessionKey, newSessionKey } from '../../src/session/session-key.js';
import { SessionState } from '../../src/session/session-state.js';
import { jsonText } from '../../src/session/session-text.js';
import type { Session } from '../../src/session/session.js';
import { StoredSessionManager, type StoredSessionSettings } from '../../src/session/stored-session-manager.js';
import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { SessionEngine, StoredSession } from '../../src/engines/session-engine.js';
import { SignedPayload } from '../../src/signing/index.js';
import { StagedEngine } from './staged-engine.js';
import { TestClock } from './test-clock.js';

/** Keeps what it is told. */
export class RecordingObserver implements SessionObserver {
  readonly events: SessionEvent[] = [];
  readonly warnings: string[] = [];
  readonly errors: string[] = [];

  hears(): boolean {
    return true;
  }

  event(event: SessionEvent): void {
    this.events.push(event);
    if (levelOf(event) === 'warn') this.warnings.push(describeEvent(event));
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  error(message: string): void {
    this.errors.push(message);
  }

  /** The types of the events since the last time. */
  takeEvents(): SessionEvent['type'][] {
    return this.events.splice(0).map(({ type }) => type);
  }
}

/** One request at work on a session, without HTTP. */
export class SessionRequest {
  constructor(
    readonly state: SessionState,
    readonly session: Session,
    private readonly manager: StoredSessionManager,
  ) {}

  /** Stores what there is to store, as a response does before it leaves. May be taken out of the request. */
  readonly commit = async (): Promise<void> => {
    if (this.manager.needsCommit(this.state)) await this.manager.commit(this.state);
  };
}

export interface WorldSettings extends Partial<StoredSessionSettings> {
  readonly cookieAge?: number;
  readonly expireAtBrowserClose?: boolean;
}

/** A store, a clock, and processes with requests on them: what a test of the heart needs. */
export class SessionWorld {
  readonly clock = new TestClock();
  readonly memory = new MemoryEngine({ clock: this.clock });
  readonly engine = new StagedEngine(this.memory);
  readonly observer = new RecordingObserver();
  readonly codec = new SessionCodec(jsonText, new SignedPayload({ secret: 'world', clock: this.clock }));
  readonly #settings: StoredSessionSettings;
  /** The process that requests run on unless told otherwise. */
  readonly manager: StoredSessionManager;

  constructor({ cookieAge = 1209600, expireAtBrowserClose = false, ...settings }: WorldSettings = {}) {
    this.#settings = {
      engine: this.engine,
      codec: this.codec,
      expiry: new SessionExpiry({ cookieAge, expireAtBrowserClose, clock: this.clock }),
      clock: this.clock,
      observer: this.observer,
      hashKeys: false,
      saveEveryRequest: false,
      touchAfter: 0,
      ...settings,
    };
    this.manager = this.newProcess();
  }

  /** Another process on the same store, so only the compare and swap stands between the two. */
  newProcess(
    engine: SessionEngine = this.#settings.engine,
    settings: Partial<StoredSessionSettings> = {},
  ): StoredSessionManager {
    return new StoredSessionManager({ ...this.#settings, ...settings, engine });
  }

  /** A request that sent these keys, with its session loaded. */
  async request(keys: string | readonly string[] = [], manager = this.manager): Promise<SessionRequest> {
    const state = new SessionState(typeof keys === 'string' ? [keys] : keys);
    await manager.load(state);
    return new SessionRequest(state, manager.session(state), manager);
  }

  /** Stores a session as an earlier request has, and gives its key. Leaves no trace in the records. */
  async given(data: Record<string, unknown> = {}): Promise<string> {
    const { key } = await this.manager.create(data);
    this.engine.takeCalls();
    this.observer.takeEvents();
    return key!;
  }

  /** Does something to a session in a request of another process, from its first read to its commit. */
  async elsewhere(key: string, action: (session: Session) => unknown): Promise<void> {
    const request = await this.request(key, this.newProcess(this.memory));
    await action(request.session);
    await request.commit();
  }

  row(key: string): Promise<StoredSession | undefined> {
    return this.memory.load(this.#settings.hashKeys ? hashSessionKey(key) : key);
  }

  /** What the store holds under a key, decoded, or undefined. */
  async data(key: string): Promise<Record<string, unknown> | undefined> {
    const row = await this.row(key);
    return row && Object.fromEntries(this.#settings.codec.decode(row.data).values);
  }

  /** Stores a session with exactly this text, as Django does, and gives its key. */
  async givenText(text: string): Promise<string> {
    const key = newSessionKey();
    const expiresAt = new Date(this.clock.now() + 60_000);
    await this.memory.create(key, { data: this.codec.encode(text), expiresAt });
    return key;
  }

  /** The text that the store holds under a key. */
  async text(key: string): Promise<string> {
    return this.codec.decode((await this.row(key))!.data).text;
  }
}

/** The pauses between attempts become as short as they can be. Over with `jest.restoreAllMocks()`. */
export function withoutPauses(): void {
  jest.spyOn(Math, 'random').mockReturnValue(0);
}

/** Fails each test of a file that leaves a promise behind which rejects and which nobody looks at. */
export function refuseUnhandledRejections(): void {
  const unhandled: unknown[] = [];
  const remember = (error: unknown): void => void unhandled.push(error);

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', remember);
  });

  afterEach(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', remember);
    expect(unhandled).toEqual([]);
  });
}
