import type { Span } from './explorer.js';

/** A step that an operation took, seen from outside: when, what it was, and what came of it. */
export interface Step<Action> extends Span {
  readonly action: Action;
  /** Undefined when nobody was told. */
  outcome: string | undefined;
}

/** What should happen when steps follow each other and never overlap. Never changes: each step makes a new one. */
export interface Model<Action, Self> {
  /** What comes of a step of that operation, and the model after it. */
  after(operation: number, action: Action): { readonly outcome: string; readonly next: Self };
}

/**
 * Whether the outcomes of overlapping steps are those of the same steps taken one after the other, in some order that leaves
 * as they were the steps of one operation and those of which one ended before the other began, and that ends in a state that
 * `accepts` will have (linearizability, after Wing and Gong). Steps of one operation are given in their order.
 */
export function isLinearizable<Action, M extends Model<Action, M>>(
  steps: readonly Step<Action>[],
  model: M,
  accepts: (end: M) => boolean,
): boolean {
  if (steps.length === 0) return accepts(model);
  return steps.some((step, index) => {
    const mustWait = steps.some((other, before) =>
      other.operation === step.operation ? before < index : other.ended < (step.started ?? 0),
    );
    if (mustWait) return false;
    const { outcome, next } = model.after(step.operation, step.action);
    if (outcome !== (step.outcome ?? outcome)) return false;
    return isLinearizable(steps.toSpliced(index, 1), next, accepts);
  });
}
