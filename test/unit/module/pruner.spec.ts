import { jest } from '@jest/globals';
import { MemoryEngine } from 'nest-sessions/testing';
import { Pruner } from '../../../src/module/pruner.js';
import { resolveOptions } from '../../../src/module/resolve-options.js';
import { SessionLog } from '../../../src/module/session-log.js';
import type { SessionModuleOptions } from '../../../src/module/session-options.js';
import { SECRET } from '../../support/applications.js';
import { Barrier } from '../../support/barrier.js';
import { SessionWorld } from '../../support/session-world.js';
import { spawnTypeScript } from '../../support/spawn-typescript.js';

const HOUR = 60 * 60;

/** A store with more to delete than one batch, which holds each batch until a second party arrives. */
class HeldEngine extends MemoryEngine {
  readonly started = new Barrier(1);
  readonly held = new Barrier(2);
  batches = 0;
  left = 5000;

  override async deleteExpired(limit: number): Promise<number> {
    this.batches++;
    await this.started.arrive();
    await this.held.arrive();
    const count = Math.min(limit, this.left);
    this.left -= count;
    return count;
  }
}

function prunerOf(
  options: Partial<SessionModuleOptions>,
  engine = new MemoryEngine(),
): { pruner: Pruner; log: SessionLog } {
  const log = new SessionLog();
  const { manager } = new SessionWorld({ engine: engine as never });
  return { pruner: new Pruner(resolveOptions({ secret: SECRET, ...options }), manager, log), log };
}

describe('the pruner', () => {
  afterEach(() => jest.restoreAllMocks().useRealTimers());

  it('prunes about every pruneInterval, at times that differ between instances', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const pauses = jest.spyOn(globalThis, 'setTimeout');
    for (let instance = 0; instance < 100; instance++) {
      const { pruner } = prunerOf({ pruneInterval: HOUR });
      pruner.onApplicationBootstrap();
      await pruner.onModuleDestroy();
    }
    const seconds = pauses.mock.calls.map(([, pause]) => Number(pause) / 1000);
    expect(seconds).toHaveLength(100);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0.75 * HOUR);
    expect(Math.max(...seconds)).toBeLessThanOrEqual(1.25 * HOUR);
    expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThan(0.1 * HOUR);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('goes on after a store that failed, and says so', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    const engine = new MemoryEngine();
    const outcomes = [() => Promise.reject(new Error('down')), () => Promise.resolve(0)];
    engine.deleteExpired = () => outcomes.shift()!();
    const { pruner, log } = prunerOf({ pruneInterval: HOUR }, engine);
    const warn = jest.spyOn(log, 'warn').mockReturnValue();
    pruner.onApplicationBootstrap();
    for (let count = 0; count < 2; count++) await jest.advanceTimersByTimeAsync(1.25 * HOUR * 1000);
    expect(outcomes).toEqual([]);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^Expired sessions were not deleted this time/)]]);
    await pruner.onModuleDestroy();
  });

  it('never prunes with pruneInterval: false', async () => {
    jest.useFakeTimers();
    const { pruner } = prunerOf({ pruneInterval: false });
    pruner.onApplicationBootstrap();
    expect(jest.getTimerCount()).toBe(0);
    await pruner.onModuleDestroy();
  });

  it('waits for the batch at work when the application ends, and begins no other', async () => {
    const engine = new HeldEngine();
    const { pruner } = prunerOf({ pruneInterval: 0.001 }, engine);
    pruner.onApplicationBootstrap();
    await engine.started.waiting(1);
    let isOver = false;
    const over = pruner.onModuleDestroy().then(() => (isOver = true));
    await new Promise(setImmediate);
    expect(isOver).toBe(false);
    await engine.held.arrive();
    await over;
    expect(engine).toMatchObject({ batches: 1, left: 4000 });
    await new Promise(setImmediate);
    expect(engine.batches).toBe(1);
  });

  it('keeps no process alive', async () => {
    const { ended, lines } = spawnTypeScript(new URL('./pruner-process.ts', import.meta.url));
    const said: string[] = [];
    lines.on('line', (line) => said.push(line));
    expect(await ended).toBe(0);
    expect(said).toEqual(['started']);
  });
});

describe('clearing expired sessions', () => {
  it('lets other work in between the batches, also in a store that answers at once', async () => {
    const world = new SessionWorld();
    for (let index = 0; index < 5; index++) {
      await world.memory.create(`expired${index}`, { data: 'x', expiresAt: new Date(world.clock.now() - 1) });
    }
    const sizes: number[] = [];
    let isOver = false;
    const cleared = world.manager.clearExpired(1).finally(() => (isOver = true));
    while (!isOver) {
      await new Promise(setImmediate);
      sizes.push(world.memory.size);
    }
    expect(await cleared).toBe(5);
    expect(new Set(sizes).size).toBeGreaterThanOrEqual(4);
  });

  it('ends with the batch at work when it is told to', async () => {
    const engine = new HeldEngine();
    const { manager } = new SessionWorld({ engine: engine as never });
    const end = new AbortController();
    const cleared = manager.clearExpired(1000, end.signal);
    await engine.started.waiting(1);
    end.abort();
    await engine.held.arrive();
    expect(await cleared).toBe(1000);
    expect(engine.batches).toBe(1);
  });
});
