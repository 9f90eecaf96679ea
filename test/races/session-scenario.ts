import type { SessionEngine } from '../../src/engines/session-engine.js';
import { SessionExpiry } from '../../src/session/expiry.js';
import { SessionCodec } from '../../src/session/session-codec.js';
import { jsonText } from '../../src/session/session-text.js';
import { StoredSessionManager } from '../../src/session/stored-session-manager.js';
import type { SignedPayload } from '../../src/signing/index.js';
import { RecordingObserver } from '../support/session-world.js';
import { TestClock } from '../support/test-clock.js';
import type { Scenario, Scheduler } from './explorer.js';
import { isLinearizable, type Step } from './linearization.js';
import { NotedRequest, type Deed } from './noted-request.js';
import { NotedSessions } from './noted-sessions.js';
import { FIRST, INTERRUPTED, MESSAGE, MESSAGE_KEY, SessionModel, storedAs, type Action } from './session-model.js';

/** One request: what its handler does between the load and the commit. */
export interface Operation {
  readonly does: readonly Deed[];
  /** Its commit moves the expiry when there is nothing to store, as with `saveEveryRequest`. @default false */
  readonly renews?: boolean;
}

/** A store as the processes of an application see it. All that leaves a process is held by the scheduler. */
export interface HeldStore {
  /** The engine of one process. */
  engine(clock: TestClock): SessionEngine;
  /** What is to agree in the end with what an engine loads. */
  readonly witnesses?: readonly SessionEngine[];
}

export interface ScenarioOptions {
  readonly operations: readonly Operation[];
  readonly open: (scheduler: Scheduler) => HeldStore;
  /** All operations share one manager, whose queue lets their commits wait for each other. @default false */
  readonly oneProcess?: boolean;
  /** All that is promised is that a deleted session stays deleted: a store without a compare and swap. @default false */
  readonly deletionOnly?: boolean;
}

const COOKIE_AGE = 1000;
const START = new TestClock().now();
/** Stands in for an operation: of who stored the session before them all. */
const BEFORE_ALL = -1;
const BEFORE = { count: 1, shared: 'before', list: ['before'] };

/** Without a signature, which would take most of the time and make no difference here. */
const unsigned = { pack: (text: string) => text, unpack: (text: string) => text } as SignedPayload;
const codec = new SessionCodec(jsonText, unsigned);

/** Overlapping requests of one session, and the check that they might as well not have overlapped. */
export async function sessionScenario(scheduler: Scheduler, options: ScenarioOptions): Promise<Scenario> {
  const requests = new OverlappingRequests(scheduler, options, options.open(scheduler));
  await requests.storeFirst();
  return {
    operations: options.operations.map((_, operation) => () => requests.perform(operation)),
    check: () => requests.check(),
  };
}

class OverlappingRequests {
  readonly #sessions = new NotedSessions(codec);
  readonly #managers: readonly StoredSessionManager[];
  readonly #steps: Step<Action>[] = [];
  #first = '';

  constructor(
    private readonly scheduler: Scheduler,
    private readonly options: ScenarioOptions,
    private readonly store: HeldStore,
  ) {
    const { operations, oneProcess } = options;
    const shared = oneProcess && this.#openProcess(0);
    this.#managers = operations.map((_, operation) => shared || this.#openProcess(operation));
  }

  /** The session that all requests bring along. */
  async storeFirst(): Promise<void> {
    const session = await this.#openProcess(BEFORE_ALL).create(BEFORE);
    await session.flash(MESSAGE, 'before').save();
    this.#first = session.key!;
    this.#sessions.nameOf(this.#first, () => FIRST);
  }

  perform(operation: number): Promise<void> {
    const notes = { steps: this.#steps, sessions: this.#sessions };
    const manager = this.#managers[operation]!;
    const request = new NotedRequest(operation, this.#first, manager, this.scheduler, notes);
    return request.perform(this.options.operations[operation]!.does);
  }

  async check(): Promise<void> {
    const witnesses = [this.store.engine(this.#clock(0)), ...(this.store.witnesses ?? [])];
    for (const witness of witnesses) {
      const left = await this.#sessions.leftIn(witness);
      if (this.options.deletionOnly ? this.#staysDeleted(left) : this.#isExplained(left)) continue;
      throw new Error(`Nothing explains that\n  ${this.#story()}\nand that this is left:\n  ${left.join('\n  ')}`);
    }
  }

  /** Each operation in a process of its own, with a clock of its own, unless they share one. */
  #openProcess(operation: number): StoredSessionManager {
    const clock = this.#clock(operation);
    return new StoredSessionManager({
      engine: this.#sessions.noting(this.store.engine(clock)),
      codec,
      expiry: new SessionExpiry({ cookieAge: COOKIE_AGE, expireAtBrowserClose: false, clock }),
      clock,
      observer: new RecordingObserver(),
      hashKeys: false,
      saveEveryRequest: this.#renews(operation),
      touchAfter: 0,
    });
  }

  #clock(operation: number): TestClock {
    const secondsLater = this.options.oneProcess ? Math.min(operation, 0) : operation;
    return new TestClock(START + secondsLater * 1000);
  }

  #renews(operation: number): boolean {
    const { operations, oneProcess } = this.options;
    return (oneProcess ? operations : operations.slice(operation, operation + 1)).some(({ renews }) => renews);
  }

  #isExplained(left: readonly string[]): boolean {
    const expiry = (operation: number): Date => new Date(this.#clock(operation).now() + COOKIE_AGE * 1000);
    const before = { ...BEFORE, [MESSAGE_KEY]: 'before' };
    const first = { values: new Map<string, unknown>(Object.entries(before)), expiresAt: expiry(BEFORE_ALL) };
    const model = new SessionModel(new Map([[FIRST, first]]), {
      expiry,
      renews: (operation) => this.#renews(operation),
    });
    return isLinearizable(this.#steps, model, (end) => end.describe().join() === left.join());
  }

  /** Whether nobody could load the first session any more once somebody was told that it is gone. */
  #staysDeleted(left: readonly string[]): boolean {
    const isDeletion = ({ action: { kind }, outcome }: Step<Action>): boolean =>
      (kind === 'flush' || kind === 'cycleKey') && outcome !== INTERRUPTED;
    const deleted = Math.min(...this.#steps.filter(isDeletion).map(({ ended }) => ended));
    const late = this.#steps.filter(({ action, started = 0 }) => action.kind === 'load' && started > deleted);
    if (late.some(({ outcome }) => outcome !== storedAs(undefined))) return false;
    return deleted === Infinity || !left.some((session) => session.startsWith(FIRST));
  }

  #story(): string {
    return this.#steps
      .map(
        ({ operation, action, started, ended, outcome }) =>
          `operation ${operation}, ${action.kind} from call ${started} to ${ended}: ${outcome}`,
      )
      .join('\n  ');
  }
}
