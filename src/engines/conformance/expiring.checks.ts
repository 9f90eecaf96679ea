import assert from 'node:assert/strict';
import type { SessionEngineCapabilities } from './capabilities.js';
import type { SessionEngineCheck } from './session-engine-check.js';
import type { Stage } from './stage.js';

const MANY = 10_000;
const BATCH = 1000;

const movesClock = ({ clock }: SessionEngineCapabilities): boolean => clock !== false;
const deletesExpired = ({ deleteExpired }: SessionEngineCapabilities): boolean => deleteExpired !== false;

/** Time runs out for a session; the suite moves the clock and never waits. */
export const expiringChecks: SessionEngineCheck[] = [
  {
    name: 'a session lives until the instant of its expiry and no longer',
    appliesTo: movesClock,
    async run(stage) {
      const { key, session } = await stage.store(stage.session('data', 60));
      stage.advance(59.999);
      await stage.expectStored(key, session);
      stage.advance(0.001);
      await stage.expectGone(key);
    },
  },
  {
    name: 'a touched session outlives its first expiry, and expires at the new one',
    appliesTo: movesClock,
    async run(stage) {
      const { key } = await stage.store(stage.session('data', 60));
      await stage.engine.touch(key, stage.in(120));
      stage.advance(90);
      await stage.expectStored(key, stage.session('data', 30));
      stage.advance(30);
      await stage.expectGone(key);
    },
  },
  {
    name: 'a replaced session expires when the replacement says',
    appliesTo: movesClock,
    async run(stage) {
      const { key, session } = await stage.store(stage.session('data', 60));
      const longer = stage.session('longer', 120);
      await stage.engine.replace(key, longer, session);
      stage.advance(90);
      await stage.expectStored(key, longer);
      await stage.engine.replace(key, stage.session('shorter', 10), longer);
      stage.advance(10);
      await stage.expectGone(key);
    },
  },
  {
    name: 'an expired session is not loaded, replaced or touched, and stays gone',
    async run(stage) {
      const [key] = await stage.storeExpired(1);
      assert.ok(key);
      await stage.expectGone(key);
      assert.equal(await stage.engine.replace(key, stage.session('next'), stage.session(key)), 'gone');
      await stage.expectGone(key);
      assert.equal(await stage.engine.touch(key, stage.in(3600)), false);
      await stage.expectGone(key);
    },
  },
  {
    name: 'deleting an expired session is no error',
    async run(stage) {
      const [key] = await stage.storeExpired(1);
      assert.ok(key);
      await stage.engine.delete(key);
      await stage.expectGone(key);
    },
  },
  {
    name: 'deleteExpired removes what is expired and nothing else',
    async run(stage) {
      const expired = await stage.storeExpired(3);
      const live = await stage.store();
      const count = await stage.engine.deleteExpired(BATCH);
      expectCount(stage, count, stage.capabilities.deleteExpired === false ? 0 : 3);
      await stage.expectStored(live.key, live.session);
      for (const key of expired)
        assert.equal(await stage.engine.create(key, stage.session()), true, 'the key is still taken');
    },
  },
  {
    name: 'deleteExpired says 0 when nothing is expired',
    async run(stage) {
      const { key, session } = await stage.store();
      expectCount(stage, await stage.engine.deleteExpired(BATCH), 0);
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'deleteExpired removes no more than its limit',
    appliesTo: deletesExpired,
    async run(stage) {
      await stage.storeExpired(5);
      assert.equal(await stage.engine.deleteExpired(2), 2);
      assert.equal(await stage.engine.deleteExpired(2), 2);
      expectCount(stage, await stage.engine.deleteExpired(2), 1);
      expectCount(stage, await stage.engine.deleteExpired(2), 0);
    },
  },
  {
    name: 'deleteExpired finds what expired since its last call, wherever that one stopped',
    appliesTo: deletesExpired,
    async run(stage) {
      await stage.storeExpired(3);
      assert.equal(await stage.engine.deleteExpired(2), 2);
      await stage.storeExpired(3);
      expectCount(stage, await stage.engine.deleteExpired(BATCH), 4);
    },
  },
  {
    name: 'deleteExpired empties a store of 10,000 in batches, and all live sessions stay',
    appliesTo: deletesExpired,
    async run(stage) {
      const live = await stage.storeMany(MANY / 2);
      await stage.storeExpired(MANY / 2);
      for (let left = MANY / 2; left > 0; left -= BATCH) assert.equal(await stage.engine.deleteExpired(BATCH), BATCH);
      expectCount(stage, await stage.engine.deleteExpired(BATCH), 0);
      await stage.forEach(live, async (key) => assert.equal((await stage.engine.load(key))?.data, key));
    },
  },
];

/** A shared store may hold expired sessions of other tests as well. */
function expectCount(stage: Stage, count: number, expected: number): void {
  if (stage.capabilities.shared)
    assert.ok(count >= expected, `deleteExpired counted ${count}, expected ${expected} or more.`);
  else assert.equal(count, expected);
}
