import assert from 'node:assert/strict';
import { type KeyedSession, listsByUser } from '../session-engine.js';
import type { SessionEngineCapabilities } from './capabilities.js';
import type { SessionEngineCheck } from './session-engine-check.js';
import type { Stage } from './stage.js';

const MANY = 1000;

const listing = ({ listsByUser }: SessionEngineCapabilities): boolean => listsByUser === true;

/** The sessions of a user are found, all of them, and nobody else's. */
export const userChecks: SessionEngineCheck[] = [
  {
    name: 'a user is listed the sessions that were stored with it, as load gives them, and no others',
    appliesTo: listing,
    async run(stage) {
      const [ann, ben] = [stage.newKey(), stage.newKey()];
      const first = await storeFor(stage, ann, 'first');
      const second = await storeFor(stage, ann, 'second', 7200);
      await storeFor(stage, ben);
      await storeFor(stage, null);
      await stage.store();
      const listed = await list(stage, ann);
      assert.deepEqual(keysOf(listed), [first, second].toSorted());
      for (const { key, data, expiresAt } of listed) await stage.expectStored(key, { data, expiresAt });
    },
  },
  {
    name: 'a user without sessions is listed none',
    appliesTo: listing,
    async run(stage) {
      await storeFor(stage, stage.newKey());
      assert.deepEqual(await list(stage, stage.newKey()), []);
    },
  },
  {
    name: 'a session that is replaced is listed to the user it is then of, and without one stays with the user it has',
    appliesTo: listing,
    async run(stage) {
      const [ann, ben] = [stage.newKey(), stage.newKey()];
      const key = await storeFor(stage, null, 'anonymous');
      await replace(stage, key, 'logged in', ann);
      assert.deepEqual(keysOf(await list(stage, ann)), [key]);
      await replace(stage, key, 'changed', undefined);
      assert.deepEqual(keysOf(await list(stage, ann)), [key]);
      await replace(stage, key, 'another', ben);
      assert.deepEqual(keysOf(await list(stage, ben)), [key]);
    },
  },
  {
    name: 'a session that is gone is listed no more, nor one whose time is over',
    appliesTo: listing,
    async run(stage) {
      const ann = stage.newKey();
      const [kept, deleted] = [await storeFor(stage, ann), await storeFor(stage, ann)];
      await storeFor(stage, ann, 'expired', -60);
      await stage.engine.delete(deleted);
      assert.deepEqual(keysOf(await list(stage, ann)), [kept]);
    },
  },
  {
    name: 'a session that was renewed or stored anew is listed until its new expiry',
    appliesTo: (capabilities) => listing(capabilities) && capabilities.clock !== false,
    async run(stage) {
      const ann = stage.newKey();
      const [touched, replaced] = [await storeFor(stage, ann, 'touched', 60), await storeFor(stage, ann, 'old', 60)];
      stage.advance(30);
      assert.equal(await stage.engine.touch(touched, stage.in(60), ann), true);
      await replace(stage, replaced, 'new', ann, 60);
      stage.advance(45);
      // One more, so that an engine which tidies up as it stores has done so.
      const other = await storeFor(stage, ann, 'other', 60);
      assert.deepEqual(keysOf(await list(stage, ann)), [touched, replaced, other].toSorted());
      stage.advance(20);
      assert.deepEqual(keysOf(await list(stage, ann)), [other]);
    },
  },
  {
    name: 'a user with 1,000 sessions is listed each of them',
    appliesTo: listing,
    async run(stage) {
      const ann = stage.newKey();
      const keys = stage.newKeys(MANY);
      await stage.forEach(keys, (key) => stage.engine.create(key, { ...stage.session(key), user: ann }));
      assert.deepEqual(keysOf(await list(stage, ann)), keys.toSorted());
    },
  },
  {
    name: 'sessions that are stored at the same time are all listed to their users',
    appliesTo: listing,
    async run(stage) {
      const users = stage.newKeys(5);
      const keys = await Promise.all(Array.from({ length: 50 }, (_, index) => storeFor(stage, users[index % 5]!)));
      for (const [index, user] of users.entries()) {
        assert.deepEqual(keysOf(await list(stage, user)), keys.filter((_, of) => of % 5 === index).toSorted());
      }
    },
  },
];

async function storeFor(stage: Stage, user: string | null, data = 'data', seconds = 3600): Promise<string> {
  const { key } = await stage.store({ ...stage.session(data, seconds), user });
  return key;
}

async function replace(stage: Stage, key: string, data: string, user: string | undefined, seconds = 3600) {
  const previous = await stage.engine.load(key);
  assert.ok(previous, 'the session to replace');
  assert.equal(await stage.engine.replace(key, { ...stage.session(data, seconds), user }, previous), 'replaced');
}

function list({ engine }: Stage, user: string): Promise<KeyedSession[]> {
  assert.ok(listsByUser(engine), 'The engine has no method listByUser.');
  return engine.listByUser(user);
}

function keysOf(sessions: readonly KeyedSession[]): string[] {
  return sessions.map(({ key }) => key).toSorted();
}
