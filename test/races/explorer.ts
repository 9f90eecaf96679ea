import { AsyncLocalStorage } from 'node:async_hooks';
import { jest } from '@jest/globals';

/** What a call of a store touches. Calls that cannot influence each other need not be tried in both orders. */
export interface Access {
  readonly name: string;
  /** Calls on different resources cannot influence each other, nor can two that only read. */
  readonly resource: string;
  readonly reads?: boolean;
}

/** A part of an operation that its caller awaits. Times count the calls that the store has answered so far. */
export interface Span {
  readonly operation: number;
  /** When the first of its calls was let through; undefined until then. */
  started?: number;
  /** When its caller had the result. */
  ended: number;
}

/** A call that waits at the store. Its name is the same in every run that begins with the same choices. */
interface Call extends Access {
  readonly id: string;
  readonly opens: boolean;
  run(): Promise<unknown>;
}

/** What one run does: operations that are started together, and what must hold when all of them have ended. */
export interface Scenario {
  readonly operations: readonly (() => Promise<void>)[];
  check(): Promise<void> | void;
}

export interface ExploreOptions {
  /** A fresh store, and operations on it. Calls made in here wait for nobody. */
  readonly start: (scheduler: Scheduler) => Promise<Scenario> | Scenario;
  /** After so many schedules in order the rest is sampled by as many random ones. @default Infinity */
  readonly limit?: number;
  /** Also try the orders of calls that cannot influence each other. @default false */
  readonly everyOrder?: boolean;
}

export interface Explored {
  readonly schedules: number;
  /** Whether these were all there are. */
  readonly complete: boolean;
}

/** More calls than any run that ends. */
const MOST_CALLS = 500;
/** Milliseconds. Longer than any pause between attempts, and shorter than the time limits that scenarios set. */
const LONGEST_PAUSE = 100;
/** What the explorer itself and the code under it wait with. */
const NOT_TIMERS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
] as const;

/** Whose call it is. One for all runs, because Node carries every storage that was ever used along with every promise. */
const current = new AsyncLocalStorage<Span>();

/** Lets the calls of one run through, one at a time, in the order that an {@link explore} asks for. */
export class Scheduler {
  readonly #calls = new Map<string, Call>();
  readonly #counts: number[] = [];
  #time = 0;

  /** Runs a part of an operation. Every call of the store in it waits to be let through. */
  async span<T>(span: Span, action: () => Promise<T>): Promise<T> {
    try {
      return await current.run(span, action);
    } finally {
      span.ended = this.#time;
    }
  }

  /** Holds a call until it is chosen; at once when no operation makes it. */
  call<T>(access: Access, perform: () => Promise<T>): Promise<T> {
    const span = current.getStore();
    if (!span) return perform();
    const number = (this.#counts[span.operation] = (this.#counts[span.operation] ?? 0) + 1);
    const id = `${span.operation}.${number}`;
    return new Promise((resolve, reject) => {
      const run = (): Promise<unknown> => {
        span.started ??= this.#time;
        return perform().then(resolve, reject);
      };
      this.#calls.set(id, { ...access, id, opens: span.started === undefined, run });
    });
  }

  /** `store` with the calls that `access` describes held; others go straight through. */
  hold<T extends object>(store: T, access: (method: string, parameters: readonly unknown[]) => Access | undefined): T {
    return new Proxy(store, {
      get: (target, property) => {
        const member: unknown = Reflect.get(target, property, target);
        if (typeof member !== 'function' || typeof property !== 'string') return member;
        return (...parameters: unknown[]): unknown => {
          const perform = (): Promise<unknown> => member.apply(target, parameters);
          const description = access(property, parameters);
          return description ? this.call(description, perform) : perform();
        };
      },
    });
  }

  /** The calls that wait, once nothing else can go on without one of them. */
  async waiting(): Promise<readonly Call[]> {
    await everythingElse();
    if (jest.getTimerCount() > 0) {
      // Pauses between attempts are over at once: what follows a pause waits at the store anyway.
      jest.advanceTimersByTime(LONGEST_PAUSE);
      await everythingElse();
    }
    return [...this.#calls.values()];
  }

  async letThrough(call: Call): Promise<void> {
    this.#calls.delete(call.id);
    this.#time++;
    await call.run();
  }
}

/** A point at which several calls wait, and what is known of the schedules that go on from here. */
interface Crossing {
  readonly waiting: readonly Call[];
  /** Calls that need not be chosen here, because all that follows was seen with them chosen earlier. */
  readonly asleep: Map<string, Call>;
  chosen: Call;
}

/**
 * Runs a scenario under every order in which its calls can reach the store, depth first: each run starts afresh and repeats
 * the choices of the one before it up to the last crossing with an alternative. Orders that differ only in neighbours that
 * cannot influence each other are run once (sleep sets).
 *
 * @throws what `check` or an operation throws, with the order of the calls in the message
 */
export async function explore({ start, limit = Infinity, everyOrder = false }: ExploreOptions): Promise<Explored> {
  jest.useFakeTimers({ doNotFake: [...NOT_TIMERS] });
  try {
    const path: Crossing[] = [];
    const deeper = deepen(path, everyOrder ? () => false : cannotInfluence);
    let schedules = 0;
    do {
      if (await run(start, deeper)) schedules++;
    } while (turn(path) && schedules < limit);
    if (path.length === 0) return { schedules, complete: true };
    const random = randomNumbers();
    for (let walk = 0; walk < limit; walk++) await run(start, (waiting) => waiting[random(waiting.length)]);
    return { schedules: schedules + limit, complete: false };
  } finally {
    jest.useRealTimers();
  }
}

/** One run; false when the choice gave up because another run has seen or will see the same. */
async function run(
  start: ExploreOptions['start'],
  choose: (waiting: readonly Call[], step: number) => Call | undefined,
): Promise<boolean> {
  // What an earlier run that gave up was waiting for.
  jest.clearAllTimers();
  const scheduler = new Scheduler();
  const scenario = await start(scheduler);
  const trace: string[] = [];
  try {
    let running = scenario.operations.length;
    const all = Promise.all(scenario.operations.map((operation) => operation().finally(() => running--)));
    // Seen to below, when the run is over.
    all.catch(() => undefined);
    for (;;) {
      const waiting = await scheduler.waiting();
      if (waiting.length === 0) break;
      if (trace.length === MOST_CALLS) throw new Error('The operations go on for ever.');
      const call = choose(waiting, trace.length);
      if (!call) return false;
      trace.push(`${call.id} ${call.name} ${call.resource}`);
      await scheduler.letThrough(call);
    }
    if (running > 0) throw new Error(`${running} operations wait for something that never comes.`);
    await all;
    await scenario.check();
    return true;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nafter this order of calls:\n  ${trace.join('\n  ')}`, {
      cause: error,
    });
  }
}

/** Repeats the choices of the path and goes on from its end. */
function deepen(path: Crossing[], independent: (one: Call, other: Call) => boolean) {
  return (waiting: readonly Call[], step: number): Call | undefined => {
    const known = path[step];
    if (known) {
      const again = waiting.find(({ id }) => id === known.chosen.id);
      if (!again) throw new Error('A run that begins as another did goes on differently.');
      return again;
    }
    const before = path[step - 1];
    const asleep = new Map([...(before?.asleep ?? [])].filter(([, call]) => independent(call, before!.chosen)));
    const chosen = waiting.find(({ id }) => !asleep.has(id));
    if (chosen) path.push({ waiting, asleep, chosen });
    return chosen;
  };
}

/** Moves on to the last crossing with another way to go; false when there is none. */
function turn(path: Crossing[]): boolean {
  for (let crossing = path.at(-1); crossing; crossing = path.at(-1)) {
    crossing.asleep.set(crossing.chosen.id, crossing.chosen);
    const next = crossing.waiting.find(({ id }) => !crossing.asleep.has(id));
    if (next) {
      crossing.chosen = next;
      return true;
    }
    path.pop();
  }
  return false;
}

/**
 * Whether two neighbours may change places unnoticed. Where one part of an operation begins is noticed too: it decides what
 * ended before it.
 */
function cannotInfluence(one: Call, other: Call): boolean {
  const apart = one.resource !== other.resource || (one.reads === true && other.reads === true);
  return apart && one.opens === other.opens;
}

/** Resolves once no promise can go on by itself. */
function everythingElse(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Whole numbers from 0 to below a given one, the same in every run of the tests: the generator of Park and Miller. */
function randomNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}
