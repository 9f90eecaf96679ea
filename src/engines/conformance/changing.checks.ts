import assert from 'node:assert/strict';
import type { SessionEngineCheck } from './session-engine-check.js';

/** replace, touch and delete, one call at a time. */
export const changingChecks: SessionEngineCheck[] = [
  {
    name: 'replace stores data and expiry while the stored data is still the previous',
    async run(stage) {
      const { key, session } = await stage.store();
      const next = stage.session('next', 7200);
      assert.equal(await stage.engine.replace(key, next, session), 'replaced');
      await stage.expectStored(key, next);
    },
  },
  {
    name: 'replace stores an earlier expiry too',
    async run(stage) {
      const { key, session } = await stage.store();
      const next = stage.session('next', 60);
      assert.equal(await stage.engine.replace(key, next, session), 'replaced');
      await stage.expectStored(key, next);
    },
  },
  {
    name: 'replace with nothing new, or with the same data, counts as replaced',
    async run(stage) {
      const { key, session } = await stage.store();
      assert.equal(await stage.engine.replace(key, session, session), 'replaced');
      const renewed = stage.session(session.data, 7200);
      assert.equal(await stage.engine.replace(key, renewed, session), 'replaced');
      await stage.expectStored(key, renewed);
    },
  },
  {
    name: 'replace compares the data and not the expiry, which a touch may have moved',
    async run(stage) {
      const { key, session } = await stage.store();
      await stage.engine.touch(key, stage.in(7200));
      const next = stage.session('next', 7200);
      assert.equal(await stage.engine.replace(key, next, session), 'replaced');
      await stage.expectStored(key, next);
    },
  },
  {
    name: 'replace tells that another writer was first and leaves what that one stored',
    async run(stage) {
      const { key, session } = await stage.store();
      const first = stage.session('first');
      await stage.engine.replace(key, first, session);
      for (const data of ['second', session.data, first.data]) {
        assert.equal(await stage.engine.replace(key, stage.session(data, 7200), session), 'changed');
        await stage.expectStored(key, first);
      }
    },
  },
  {
    name: 'replace compares exactly: case, accents, spaces and line ends differ',
    async run(stage) {
      const { key, session } = await stage.store(stage.session('Data e\u0301'));
      for (const data of ['data e\u0301', 'Data e', 'Data \u00e9', 'Data e\u0301 ', 'Data e\u0301\n', '', 'Data']) {
        assert.equal(
          await stage.engine.replace(key, stage.session('next'), stage.session(data)),
          'changed',
          JSON.stringify(data),
        );
      }
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'replace after delete answers gone and stores nothing',
    async run(stage) {
      const { key, session } = await stage.store();
      await stage.engine.load(key);
      await stage.engine.delete(key);
      assert.equal(await stage.engine.replace(key, stage.session('next'), session), 'gone');
      await stage.expectGone(key);
      assert.equal(await stage.engine.create(key, session), true, 'something is stored under the key');
    },
  },
  {
    name: 'replace never creates',
    async run(stage) {
      const key = stage.newKey();
      assert.equal(await stage.engine.replace(key, stage.session(), stage.session()), 'gone');
      await stage.expectGone(key);
    },
  },
  {
    name: 'touch moves the expiry forward and keeps the data',
    async run(stage) {
      const { key } = await stage.store();
      assert.equal(await stage.engine.touch(key, stage.in(7200)), true);
      await stage.expectStored(key, stage.session('data', 7200));
    },
  },
  {
    name: 'touch never moves the expiry back',
    async run(stage) {
      const { key, session } = await stage.store();
      for (const seconds of [3599, 60, -60]) {
        assert.equal(await stage.engine.touch(key, stage.in(seconds)), true, `touch to ${seconds} seconds`);
        await stage.expectStored(key, session);
      }
    },
  },
  {
    name: 'touch to the expiry that a session already has finds it',
    async run(stage) {
      const { key, session } = await stage.store();
      assert.equal(await stage.engine.touch(key, session.expiresAt), true);
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'touch after delete answers false and brings nothing back',
    async run(stage) {
      const { key } = await stage.store();
      await stage.engine.delete(key);
      assert.equal(await stage.engine.touch(key, stage.in(7200)), false);
      await stage.expectGone(key);
    },
  },
  {
    name: 'touch never creates',
    async run(stage) {
      const key = stage.newKey();
      assert.equal(await stage.engine.touch(key, stage.in(3600)), false);
      await stage.expectGone(key);
    },
  },
  {
    name: 'delete removes this session and no other',
    async run(stage) {
      const { key } = await stage.store();
      const other = await stage.store(stage.session('other'));
      await stage.engine.delete(key);
      await stage.expectGone(key);
      await stage.expectStored(other.key, other.session);
    },
  },
  {
    name: 'delete of a missing key is no error, and neither is a second delete',
    async run(stage) {
      const { key } = await stage.store();
      await stage.engine.delete(key);
      await stage.engine.delete(key);
      await stage.engine.delete(stage.newKey());
      await stage.expectGone(key);
    },
  },
];
