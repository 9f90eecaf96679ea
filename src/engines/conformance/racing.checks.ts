import assert from 'node:assert/strict';
import type { SessionEngineCheck } from './session-engine-check.js';

const ROUNDS = 50;
const WRITERS = 50;

/** Calls that overlap. Whatever order the store puts them in, the outcomes and what is stored must agree. */
export const racingChecks: SessionEngineCheck[] = [
  {
    name: 'of many creates with one key exactly one wins',
    async run(stage) {
      const key = stage.newKey();
      const sessions = Array.from({ length: WRITERS }, (_, writer) => stage.session(`writer ${writer}`));
      const created = await Promise.all(sessions.map((session) => stage.engine.create(key, session)));
      const [winner, ...others] = sessions.filter((_, writer) => created[writer]);
      assert.ok(winner && others.length === 0, `${created.filter(Boolean).length} creates won.`);
      await stage.expectStored(key, winner);
    },
  },
  {
    name: 'of many replaces of one session exactly one wins, and the others are told',
    async run(stage) {
      const { key, session } = await stage.store();
      const sessions = Array.from({ length: WRITERS }, (_, writer) => stage.session(`writer ${writer}`));
      const outcomes = await Promise.all(sessions.map((next) => stage.engine.replace(key, next, session)));
      const [winner, ...others] = sessions.filter((_, writer) => outcomes[writer] === 'replaced');
      assert.ok(winner && others.length === 0, `Outcomes: ${outcomes.join(' ')}`);
      assert.equal(outcomes.filter((outcome) => outcome === 'changed').length, WRITERS - 1);
      await stage.expectStored(key, winner);
    },
  },
  {
    name: 'writers that load and replace until they succeed lose nothing of each other',
    async run(stage) {
      const { key } = await stage.store(stage.session('start'));
      const names = Array.from({ length: WRITERS }, (_, writer) => `writer${writer}`);
      await Promise.all(
        names.map(async (name) => {
          // Each 'changed' is the success of another writer, so nobody can hear it more often than there are others.
          for (let attempt = 1; attempt <= WRITERS; attempt++) {
            const current = (await stage.engine.load(key)) ?? assert.fail('The session is gone.');
            const next = stage.session(`${current.data} ${name}`);
            const outcome = await stage.engine.replace(key, next, current);
            if (outcome === 'replaced') return;
            assert.equal(outcome, 'changed');
          }
          assert.fail(`Heard 'changed' ${WRITERS} times of ${WRITERS - 1} other writers.`);
        }),
      );
      const words = (await stage.engine.load(key))?.data.split(' ');
      assert.deepEqual(words?.toSorted(), ['start', ...names].toSorted());
    },
  },
  {
    name: 'a session that is deleted while it is replaced stays deleted',
    async run(stage) {
      for (let round = 0; round < ROUNDS; round++) {
        const { key, session } = await stage.store();
        const calls = [
          () => stage.engine.replace(key, stage.session('next'), session),
          () => stage.engine.delete(key),
          () => stage.engine.replace(key, stage.session('other'), session),
        ];
        await Promise.all(inTurn(calls, round).map((call) => call()));
        await stage.expectGone(key);
        assert.equal(await stage.engine.create(key, session), true, 'something is stored under the key');
      }
    },
  },
  {
    name: 'a session that is deleted while it is touched stays deleted',
    async run(stage) {
      for (let round = 0; round < ROUNDS; round++) {
        const { key, session } = await stage.store();
        const calls = [
          () => stage.engine.touch(key, stage.in(7200)),
          () => stage.engine.delete(key),
          () => stage.engine.touch(key, stage.in(9000)),
        ];
        await Promise.all(inTurn(calls, round).map((call) => call()));
        await stage.expectGone(key);
        assert.equal(await stage.engine.create(key, session), true, 'something is stored under the key');
      }
    },
  },
  {
    name: 'a session that is deleted while it is loaded cannot be loaded afterwards',
    async run(stage) {
      for (let round = 0; round < ROUNDS; round++) {
        const { key } = await stage.store();
        const calls = [() => stage.engine.load(key), () => stage.engine.delete(key), () => stage.engine.load(key)];
        await Promise.all(inTurn(calls, round).map((call) => call()));
        await stage.expectGone(key);
      }
    },
  },
  {
    name: 'a session that is loaded while it is replaced is the old or the new one, whole',
    async run(stage) {
      const size = Math.min(100_000, stage.capabilities.maxDataBytes ?? 100_000);
      let { key, session } = await stage.store(stage.session('0'.repeat(size)));
      for (let round = 1; round <= 9; round++) {
        const next = stage.session(String(round).repeat(size), 3600 + round);
        const [, ...loaded] = await Promise.all([
          stage.engine.replace(key, next, session),
          ...Array.from({ length: 10 }, () => stage.engine.load(key)),
        ]);
        for (const found of loaded) {
          const whole = found?.data === session.data ? session : next;
          assert.ok(found?.data === whole.data, 'The data is torn.');
          assert.equal(found.expiresAt.getTime(), whole.expiresAt.getTime(), 'The expiry belongs to other data.');
        }
        session = next;
      }
    },
  },
  {
    name: 'a touch beside a replace brings no old data back',
    async run(stage) {
      for (let round = 0; round < ROUNDS; round++) {
        const { key, session } = await stage.store();
        const calls = [
          () => stage.engine.replace(key, stage.session('next'), session),
          () => stage.engine.touch(key, stage.in(7200)),
        ];
        const outcomes = await Promise.all(inTurn(calls, round).map((call) => call()));
        assert.ok(outcomes.includes('replaced') && outcomes.includes(true), `Outcomes: ${outcomes.join(' ')}`);
        assert.equal((await stage.engine.load(key))?.data, 'next');
      }
    },
  },
  {
    name: 'of many touches the latest expiry stays',
    async run(stage) {
      const { key } = await stage.store();
      const seconds = Array.from({ length: WRITERS }, (_, writer) => 7200 + ((writer * 37) % WRITERS));
      await Promise.all(seconds.map((second) => stage.engine.touch(key, stage.in(second))));
      await stage.expectStored(key, stage.session('data', 7200 + WRITERS - 1));
    },
  },
  {
    name: 'a session that is renewed while deleteExpired runs stays, and one that is not goes',
    appliesTo: ({ clock, deleteExpired }) => clock !== false && deleteExpired !== false,
    async run(stage) {
      const keys = await stage.storeMany(ROUNDS * 2, 60);
      const renewals = keys.map((key, index) => {
        // Every renewal is under way when the time runs out, some long before the others.
        if (index === ROUNDS) stage.advance(61);
        return index % 2
          ? stage.engine.touch(key, stage.in(3600))
          : stage.engine.replace(key, stage.session('renewed'), stage.session(key));
      });
      const deleted = stage.engine.deleteExpired(keys.length);
      for (const [index, renewal] of renewals.entries()) {
        const outcome = await renewal;
        const renewed = outcome === true || outcome === 'replaced';
        await deleted;
        assert.equal(
          (await stage.engine.load(keys[index] ?? '')) !== undefined,
          renewed,
          `The outcome was ${outcome}.`,
        );
      }
    },
  },
];

/** Starts another call first in each round. */
function inTurn(calls: (() => Promise<unknown>)[], round: number): (() => Promise<unknown>)[] {
  const first = round % calls.length;
  return [...calls.slice(first), ...calls.slice(0, first)];
}
