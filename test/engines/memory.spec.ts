import { describeSessionEngine, MemoryEngine } from '../../src/testing.js';
import { TestClock } from '../support/test-clock.js';

describeSessionEngine('MemoryEngine', ({ clock }) => new MemoryEngine({ clock }), { listsByUser: true });

const shared = new MemoryEngine();
describeSessionEngine('MemoryEngine with the system clock, shared by all tests', () => shared, {
  clock: false,
  listsByUser: true,
  shared: true,
  maxDataBytes: 1000,
});

describe('MemoryEngine in tests', () => {
  const session = { data: 'data', expiresAt: new Date(Date.now() + 60_000) };

  it('says how many sessions it keeps and forgets them on demand', async () => {
    const engine = new MemoryEngine();
    await engine.create('key00001', session);
    await engine.create('key00002', session);
    expect(engine.size).toBe(2);
    engine.clear();
    expect(engine.size).toBe(0);
    expect(await engine.load('key00001')).toBeUndefined();
  });

  it('counts expired sessions until they are removed', async () => {
    const clock = new TestClock();
    const engine = new MemoryEngine({ clock });
    await engine.create('key00001', { data: 'data', expiresAt: new Date(clock.now() + 60_000) });
    clock.advance(60);
    expect(engine.size).toBe(1);
    expect(await engine.deleteExpired(10)).toBe(1);
    expect(engine.size).toBe(0);
  });
});
