import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../../session/clock.js';
import type { EngineLifecycle, SessionEngine, SessionToStore, StoredSession } from '../session-engine.js';
import type { SessionEngineCapabilities } from './capabilities.js';
import type { SessionEngineCheck, SessionEngineFactory } from './session-engine-check.js';

/** Calls in flight at a time when many sessions are stored or loaded. */
const PARALLEL = 100;

/** Stands still until a check moves it. */
class MovableClock implements Clock {
  #time = Date.now();

  now(): number {
    return this.#time;
  }

  advance(seconds: number): void {
    this.#time += seconds * 1000;
  }
}

/** What a check works with: a fresh engine, keys that nobody else uses, and the time. */
export class Stage {
  private constructor(
    readonly engine: SessionEngine,
    readonly capabilities: SessionEngineCapabilities,
    private readonly clock: MovableClock,
  ) {}

  /** Runs one check against a fresh engine, between its `open` and its `close`. */
  static async run(
    check: SessionEngineCheck,
    factory: SessionEngineFactory,
    capabilities: SessionEngineCapabilities = {},
  ): Promise<void> {
    const clock = new MovableClock();
    const engine: SessionEngine & EngineLifecycle = await factory({
      clock: capabilities.clock === false ? systemClock : clock,
    });
    await engine.open?.(() => {});
    try {
      await check.run(new Stage(engine, capabilities, clock));
    } finally {
      await engine.close?.();
    }
  }

  newKey(): string {
    return randomBytes(16).toString('hex');
  }

  newKeys(count: number): string[] {
    return Array.from({ length: count }, () => this.newKey());
  }

  session(data = 'data', seconds = 3600): StoredSession {
    return { data, expiresAt: this.in(seconds) };
  }

  in(seconds: number): Date {
    return new Date(this.clock.now() + seconds * 1000);
  }

  /** Only for checks that apply to engines which follow the suite's clock. */
  advance(seconds: number): void {
    assert.notEqual(this.capabilities.clock, false, 'The clock of this engine cannot be moved.');
    this.clock.advance(seconds);
  }

  /** Stores a session under a fresh key and gives both. */
  async store(session: SessionToStore = this.session()): Promise<{ key: string; session: StoredSession }> {
    const key = this.newKey();
    assert.equal(await this.engine.create(key, session), true, 'create with a fresh key');
    return { key, session };
  }

  /** Stores that many sessions, each with its own key as its data. */
  async storeMany(count: number, seconds?: number): Promise<string[]> {
    const keys = this.newKeys(count);
    await this.forEach(keys, (key) => this.engine.create(key, this.session(key, seconds)));
    return keys;
  }

  /** Stores that many sessions whose time is over. */
  async storeExpired(count: number): Promise<string[]> {
    if (this.capabilities.clock === false) return this.storeMany(count, -60);
    const keys = await this.storeMany(count, 60);
    this.advance(61);
    return keys;
  }

  /** Works through the keys, many at a time. */
  async forEach(keys: readonly string[], work: (key: string) => Promise<unknown>): Promise<void> {
    for (let start = 0; start < keys.length; start += PARALLEL) {
      await Promise.all(keys.slice(start, start + PARALLEL).map(work));
    }
  }

  /** The store holds exactly this session under the key. */
  async expectStored(key: string, expected: StoredSession): Promise<void> {
    const { data, expiresAt } = (await this.engine.load(key)) ?? assert.fail('The session cannot be loaded.');
    // Compared by hand: a megabyte that differs would fill the report.
    assert.ok(data === expected.data, `The data differs: ${data.length} characters of ${expected.data.length}.`);
    assert.equal(expiresAt.getTime(), expected.expiresAt.getTime(), 'expiresAt, in milliseconds');
  }

  async expectGone(key: string): Promise<void> {
    assert.equal(await this.engine.load(key), undefined, 'The session can still be loaded.');
  }
}
