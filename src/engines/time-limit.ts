import { setMaxListeners } from 'node:events';

/** A part of the limit for which calls share one timer and one signal: to make both for each call costs more than Redis. */
const SHARED_PART = 1 / 20;

/** Ends calls that take too long. */
export class TimeLimit {
  #deadline: Deadline | undefined;

  /** @param seconds that a call may take, less a twentieth at most */
  constructor(readonly seconds: number) {}

  /**
   * What `call` resolves to, if it does so within the limit. A call that takes longer is given up: its signal tells it so,
   * and what becomes of it is nobody's business any more, also when it rejects.
   */
  run<T>(late: () => Error, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = this.#current();
    return new Promise<T>((resolve, reject) => {
      const giveUp = (): void => reject(late());
      deadline.waiting.add(giveUp);
      const settle = <Result>(pass: (result: Result) => void) => {
        return (result: Result): void => {
          deadline.waiting.delete(giveUp);
          pass(result);
        };
      };
      call(deadline.signal).then(settle(resolve), settle(reject));
    });
  }

  #current(): Deadline {
    const now = performance.now();
    const milliseconds = this.seconds * 1000;
    if (!this.#deadline || now >= this.#deadline.sharedUntil) {
      this.#deadline = new Deadline(milliseconds, now + milliseconds * SHARED_PART);
    }
    return this.#deadline;
  }
}

/** The end of the time of calls that began at about the same time. */
class Deadline {
  readonly waiting = new Set<() => void>();
  readonly #patience = new AbortController();

  constructor(
    milliseconds: number,
    readonly sharedUntil: number,
  ) {
    // Every call that has not been sent yet listens.
    setMaxListeners(0, this.signal);
    setTimeout(() => this.#pass(), milliseconds).unref();
  }

  get signal(): AbortSignal {
    return this.#patience.signal;
  }

  #pass(): void {
    for (const giveUp of this.waiting) giveUp();
    this.#patience.abort();
  }
}
