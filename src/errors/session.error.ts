import { SharedByCopies } from '../shared-by-copies.js';

const BRAND = Symbol.for('nest-sessions:error');

/**
 * The ancestor of every error of this package: `error instanceof SessionError` holds for each of them, also for those
 * that extend Nest's HTTP exceptions because a client sees them.
 */
@SharedByCopies('SessionError')
export class SessionError extends Error {
  /** A stable name for programs, e.g. `SESSION_INTERRUPTED`. The message may change between versions, the code does not. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    brand(this);
  }

  /** Holds for every error of this package, also for those that extend one of Nest's HTTP exceptions. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // A subclass keeps the ordinary meaning of instanceof; only the ancestor also knows its HTTP relatives.
    if (this !== SessionError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}

/** Marks an error that cannot extend {@link SessionError} because it extends an HTTP exception. */
export function brand(error: Error): void {
  Object.defineProperty(error, BRAND, { value: true });
}
