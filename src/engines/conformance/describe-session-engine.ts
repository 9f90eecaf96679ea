import type { SessionEngineCapabilities } from './capabilities.js';
import { changingChecks } from './changing.checks.js';
import { expiringChecks } from './expiring.checks.js';
import { keepingChecks } from './keeping.checks.js';
import { outageChecks } from './outage.checks.js';
import { racingChecks } from './racing.checks.js';
import type { SessionEngineCheck, SessionEngineFactory } from './session-engine-check.js';
import { Stage } from './stage.js';
import { userChecks } from './user.checks.js';

/** Milliseconds. The checks with 10,000 sessions take a while on a store that is far away. */
const TIMEOUT = 120_000;

/** Every check of the contract, by what it is about. */
export const sessionEngineChecks: Readonly<Record<string, readonly SessionEngineCheck[]>> = {
  'keeps sessions': keepingChecks,
  'changes sessions': changingChecks,
  'lets sessions expire': expiringChecks,
  'stands races': racingChecks,
  'lists the sessions of a user': userChecks,
  'reports outages': outageChecks,
};

/**
 * Proves that an engine keeps the contract of `SessionEngine`: registers one test for each promise with the runner whose
 * `describe` and `it` are global (Jest; Vitest with `globals: true`). It needs nothing else of the runner.
 *
 * ```ts
 * describeSessionEngine('MyEngine', ({ clock }) => new MyEngine({ clock }), { deleteExpired: false });
 * ```
 *
 * Each test gets an engine of its own from the factory, opened before and closed after, if it has `open` and `close`. The
 * stores behind them may be one and the same, because keys are random; say `shared: true` then. Time is moved by the clock
 * that the factory is given, and no test waits.
 *
 * @param name names the engine in the report
 * @param factory makes an engine that takes its time from `clock`
 * @param capabilities what the engine cannot do, or can do beside the contract
 * @throws Error when there is no global `describe` and `it`
 */
export function describeSessionEngine(
  name: string,
  factory: SessionEngineFactory,
  capabilities: SessionEngineCapabilities = {},
): void {
  const { describe, it } = testRunner();
  describe(name, () => {
    for (const [topic, checks] of Object.entries(sessionEngineChecks)) {
      const applicable = checks.filter(({ appliesTo }) => appliesTo?.(capabilities) ?? true);
      if (applicable.length === 0) continue;
      describe(topic, () => {
        for (const check of applicable) it(check.name, () => Stage.run(check, factory, capabilities), TIMEOUT);
      });
    }
  });
}

interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, test: () => Promise<void>, timeout: number): void;
}

function testRunner(): TestRunner {
  const { describe, it } = globalThis as Partial<TestRunner>;
  if (describe && it) return { describe, it };
  throw new Error(
    'describeSessionEngine needs a global describe and it. Call it in a test file of Jest, or of Vitest with globals: true.',
  );
}
