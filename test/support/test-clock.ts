import type { Clock } from '../../src/session/clock.js';

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  constructor(private time = 1_700_000_000_250) {}

  now(): number {
    return this.time;
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
