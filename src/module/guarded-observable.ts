import { Observable, type Observer, Subscriber, type Subscription } from 'rxjs';

type Next<T> = (value: T) => unknown;

/**
 * An Observable whose subscribers may fail: what one throws, or rejects with later, goes to `failed` and harms nobody else,
 * also behind `pipe()`. As rxjs has it, it would be an uncaught exception, which ends the process.
 */
export class GuardedObservable<T> extends Observable<T> {
  constructor(
    source: Observable<T>,
    private readonly failed: (error: unknown) => void,
  ) {
    super((subscriber) => source.subscribe(subscriber));
  }

  override subscribe(
    observerOrNext?: Partial<Observer<T>> | Next<T> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // An operator's own, which passes on what fails.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer =
      typeof observerOrNext === 'object' && observerOrNext
        ? observerOrNext
        : { next: observerOrNext ?? undefined, error: error ?? undefined, complete: complete ?? undefined };
    return super.subscribe({
      next: (value) => this.#attempt(() => observer.next?.(value)),
      error: (reason) => this.#attempt(() => (observer.error ? observer.error(reason) : this.failed(reason))),
      complete: () => this.#attempt(() => observer.complete?.()),
    });
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  override pipe(...operations: any[]): any {
    const piped = (super.pipe as (...all: unknown[]) => Observable<unknown>).apply(this, operations);
    return new GuardedObservable(piped, this.failed);
  }

  #attempt(call: () => unknown): void {
    try {
      const result = call();
      if (result instanceof Promise) result.catch(this.failed);
    } catch (error) {
      this.failed(error);
    }
  }
}
