import {
  SessionEngine,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../../src/engines/session-engine.js';

export type EngineMethod = 'load' | 'create' | 'replace' | 'touch' | 'delete' | 'deleteExpired';

/** One call that stands still until the test lets it go on. */
export class HeldCall {
  /** Resolves once the call stands still. */
  readonly arrived: Promise<void>;
  #arrive!: () => void;
  #release!: () => void;
  readonly #released: Promise<void>;

  constructor() {
    this.arrived = new Promise((resolve) => (this.#arrive = resolve));
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  release(): void {
    this.#release();
  }

  pass(): Promise<void> {
    this.#arrive();
    return this.#released;
  }
}

type Moment = 'before' | 'after';
type Plan = Partial<Record<Moment, (args: unknown[]) => Promise<void> | void>>;

/** An engine over another whose next calls a test holds, breaks or answers in its place, and which remembers all calls. */
export class StagedEngine extends SessionEngine {
  readonly calls: { readonly method: EngineMethod; readonly args: readonly unknown[] }[] = [];
  readonly #plans = new Map<EngineMethod, Plan[]>();

  constructor(private readonly inner: SessionEngine) {
    super();
  }

  /** The names of the methods called since the last time. */
  takeCalls(): EngineMethod[] {
    return this.calls.splice(0).map(({ method }) => method);
  }

  /** The next call of the method stands still, before it does anything or when it has done everything. */
  hold(method: EngineMethod, when: Moment = 'before'): HeldCall {
    const held = new HeldCall();
    this.#plan(method, { [when]: () => held.pass() });
    return held;
  }

  /**
   * The next calls of the method reject, before they do anything or although they have done everything. A function makes
   * the error of the arguments of the call.
   */
  fail(method: EngineMethod, error: unknown, { times = 1, when = 'before' as Moment } = {}): void {
    for (let time = 0; time < times; time++) {
      this.#plan(method, {
        [when]: (args: unknown[]) => {
          throw typeof error === 'function' ? error(...args) : error;
        },
      });
    }
  }

  /** Something happens in the store right before or after the next call of the method: what another process does. */
  during(method: EngineMethod, action: () => Promise<unknown>, when: Moment = 'before'): void {
    this.#plan(method, { [when]: async () => void (await action()) });
  }

  load(key: string): Promise<StoredSession | undefined> {
    return this.#run('load', [key], () => this.inner.load(key));
  }

  create(key: string, session: SessionToStore): Promise<boolean> {
    return this.#run('create', [key, session], () => this.inner.create(key, session));
  }

  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return this.#run('replace', [key, session, previous], () => this.inner.replace(key, session, previous));
  }

  touch(...args: Parameters<SessionEngine['touch']>): Promise<boolean> {
    return this.#run('touch', args, () => this.inner.touch(...args));
  }

  delete(key: string): Promise<void> {
    return this.#run('delete', [key], () => this.inner.delete(key));
  }

  deleteExpired(limit: number): Promise<number> {
    return this.#run('deleteExpired', [limit], () => this.inner.deleteExpired(limit));
  }

  #plan(method: EngineMethod, plan: Plan): void {
    this.#plans.set(method, [...(this.#plans.get(method) ?? []), plan]);
  }

  async #run<T>(method: EngineMethod, args: unknown[], call: () => Promise<T>): Promise<T> {
    this.calls.push({ method, args });
    const plan = this.#plans.get(method)?.shift();
    await plan?.before?.(args);
    const result = await call();
    await plan?.after?.(args);
    return result;
  }
}
