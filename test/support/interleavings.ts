import { setImmediate as everythingElse } from 'node:timers/promises';

/** Does the work when its turn comes. */
export type Step = <T>(work: () => T) => Promise<T>;

export interface Scenario {
  /** What happens at the same time. Each task asks for a turn for every step that others can see. */
  readonly tasks: readonly (() => Promise<unknown>)[];
  /** What must hold whatever the order was. Its own steps are not put in any order. */
  check(): Promise<void>;
}

/** Plays a scenario again and again, until every order of the steps of its tasks was seen. Says how many there are. */
export async function playEveryInterleaving(scenario: (step: Step) => Scenario): Promise<number> {
  const order = new Order();
  let count = 0;
  do {
    count++;
    await play(scenario, order);
  } while (order.next());
  return count;
}

async function play(scenario: (step: Step) => Scenario, order: Order): Promise<void> {
  const waiting: (() => void)[] = [];
  let inOrder = true;
  const step: Step = (work) => {
    if (!inOrder) return Promise.resolve(work());
    return new Promise((resolve, reject) => {
      waiting.push(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error as Error);
        }
      });
    });
  };
  const { tasks, check } = scenario(step);
  const done = Promise.all(tasks.map((task) => task()));
  done.catch(() => undefined);
  for (await everythingElse(); waiting.length > 0; await everythingElse()) {
    waiting.splice(order.choose(waiting.length), 1)[0]?.();
  }
  inOrder = false;
  await done;
  await check();
}

/** Which of those who wait goes first, each time that somebody must: all answers, one after the other. */
class Order {
  #choices: { chosen: number; of: number }[] = [];
  #depth = 0;

  choose(of: number): number {
    const choice = (this.#choices[this.#depth++] ??= { chosen: 0, of });
    return choice.chosen;
  }

  /** Turns to the next order; false when there is none. */
  next(): boolean {
    this.#depth = 0;
    for (let last = this.#choices.at(-1); last; last = this.#choices.at(-1)) {
      if (++last.chosen < last.of) return true;
      this.#choices.pop();
    }
    return false;
  }
}
