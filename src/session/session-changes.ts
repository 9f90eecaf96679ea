import { assertJsonValue } from './json-value.js';

/** What a request did to one key: gave it a value, removed it, or ran functions over whatever value it had. */
type Change = { kind: 'set' } | { kind: 'delete' } | { kind: 'compute'; readonly steps: Step[] };

const NO_VALUES: ReadonlyMap<string, unknown> = new Map();

/** A pure function from the current value of a key to the next. */
export type Step = (current: unknown) => unknown;

/**
 * What a request did to its session, key by key, so that it can be done again to the newest data when another request
 * was stored first. The values that were set stay in the session; only which keys is recorded here.
 */
export class SessionChanges {
  /** The session was emptied first; what it held, then or now, is gone. */
  cleared = false;
  /** The values of the session when the changes were taken out to be stored; what is done to it later does not show. */
  values = NO_VALUES;
  /** How often the session had been flushed by then. */
  flushes = 0;
  readonly #keys = new Map<string, Change>();

  get isEmpty(): boolean {
    return !this.cleared && this.#keys.size === 0;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** The key has a value of this request's own, whatever others store. */
  hasSet(key: string): boolean {
    return this.#keys.get(key)?.kind === 'set';
  }

  keys(): Iterable<string> {
    return this.#keys.keys();
  }

  set(key: string): void {
    this.#keys.set(key, { kind: 'set' });
  }

  delete(key: string): void {
    this.#keys.set(key, { kind: 'delete' });
  }

  compute(key: string, step: Step): void {
    const change = this.#keys.get(key);
    if (change?.kind === 'compute') change.steps.push(step);
    // After a set or a delete in this request the result no longer depends on what others store.
    else if (change || this.cleared) this.set(key);
    else this.#keys.set(key, { kind: 'compute', steps: [step] });
  }

  clear(): void {
    this.cleared = true;
    this.#keys.clear();
  }

  /** Puts later changes on top of these. */
  append(later: SessionChanges): void {
    if (later.cleared) this.clear();
    for (const [key, change] of later.#keys) {
      if (change.kind === 'compute') for (const step of change.steps) this.compute(key, step);
      else this.#keys.set(key, change);
    }
  }

  /** Does to `newest` what was done to the session, whose values are `own`. */
  applyTo(newest: Map<string, unknown>, own: ReadonlyMap<string, unknown>): void {
    if (this.cleared) newest.clear();
    for (const [key, change] of this.#keys) {
      if (change.kind === 'delete') newest.delete(key);
      else if (change.kind === 'set') newest.set(key, own.get(key));
      else newest.set(key, runSteps(key, change.steps, newest.get(key)));
    }
  }
}

function runSteps(key: string, steps: readonly Step[], current: unknown): unknown {
  const next = steps.reduce((value, step) => step(value), current);
  assertJsonValue(key, next);
  return next;
}
