/** Holds whoever arrives until so many have; a barrier for none holds nobody. Lets tests order events without sleeping. */
export class Barrier {
  #arrived = 0;
  readonly #watchers: (() => void)[] = [];

  constructor(private readonly size: number) {}

  async arrive(): Promise<void> {
    this.#arrived++;
    for (const check of this.#watchers) check();
    await this.waiting(this.size);
  }

  /** Resolves once at least `count` have arrived. */
  waiting(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#arrived >= count) resolve();
      };
      this.#watchers.push(check);
      check();
    });
  }
}
