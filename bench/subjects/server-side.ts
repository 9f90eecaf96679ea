import type { INestApplication } from '@nestjs/common';
import { fresh, contentsOf, type Shape } from './contents.js';
import { CpuProfile } from './cpu-profile.js';
import { Meter, type Reading } from './meter.js';

/** What the benchmark can ask of a server, and what it is answered. */
export interface Questions {
  /** From now on new sessions hold that much. */
  shape: [Shape, void];
  /** Starts to measure. */
  begin: [undefined, void];
  /** What was used since then. */
  end: [undefined, Reading];
  /** Starts a CPU profile. */
  profile: [undefined, void];
  /** Writes it to that path. */
  saveProfile: [string, void];
  /** Calls of the file system and statements of SQLite since the last time. */
  storeCalls: [undefined, number];
  /** Bytes of the heap after a collection. */
  heap: [undefined, number];
  /** Deletes expired sessions, and says how many. */
  clearExpired: [undefined, number];
}

export type Question = { [Name in keyof Questions]: { name: Name; value: Questions[Name][0] } }[keyof Questions];

export class ServerSide {
  readonly #app: INestApplication;
  readonly #takeStoreCalls: () => number;
  readonly #meter = new Meter();
  readonly #profile = new CpuProfile();

  constructor(app: INestApplication, shape: Shape, takeStoreCalls: () => number) {
    this.#app = app;
    this.#takeStoreCalls = takeStoreCalls;
    fresh.contents = contentsOf(shape);
  }

  async answer(question: Question): Promise<unknown> {
    switch (question.name) {
      case 'shape':
        fresh.contents = contentsOf(question.value);
        return undefined;
      case 'begin':
        return this.#meter.begin();
      case 'end':
        return this.#meter.end();
      case 'profile':
        return this.#profile.start();
      case 'saveProfile':
        return this.#profile.save(question.value);
      case 'storeCalls':
        return this.#takeStoreCalls();
      case 'heap':
        globalThis.gc?.();
        return process.memoryUsage().heapUsed;
      case 'clearExpired':
        return this.#clearExpired();
    }
  }

  async #clearExpired(): Promise<number> {
    const { SessionService } = await import('nest-sessions');
    return this.#app.get(SessionService).clearExpired();
  }
}
