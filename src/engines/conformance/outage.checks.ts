import assert from 'node:assert/strict';
import type { ListsByUser, SessionEngine } from '../session-engine.js';
import type { SessionEngineCheck } from './session-engine-check.js';
import type { Stage } from './stage.js';

/** A store that cannot answer is an error: never a missing session, never a false success. */
export const outageChecks: SessionEngineCheck[] = [
  outageCheck('load', 'rejects and does not say that the session is missing', (stage, key) => stage.engine.load(key)),
  outageCheck('load', 'of an unknown key rejects too', (stage) => stage.engine.load(stage.newKey())),
  outageCheck('create', 'rejects', (stage) => stage.engine.create(stage.newKey(), stage.session())),
  outageCheck('replace', 'rejects', (stage, key) => stage.engine.replace(key, stage.session('next'), stage.session())),
  outageCheck('touch', 'rejects', (stage, key) => stage.engine.touch(key, stage.in(7200))),
  outageCheck('delete', 'rejects, so that a logout does not look done', (stage, key) => stage.engine.delete(key)),
  {
    ...outageCheck('deleteExpired', 'rejects', (stage) => stage.engine.deleteExpired(10)),
    appliesTo: ({ breakStore, deleteExpired }) => breakStore !== undefined && deleteExpired !== false,
  },
  {
    ...outageCheck('listByUser', 'rejects and does not say that a user has no sessions', (stage) =>
      (stage.engine as SessionEngine & ListsByUser).listByUser(stage.newKey()),
    ),
    appliesTo: ({ breakStore, listsByUser }) => breakStore !== undefined && listsByUser === true,
  },
];

function outageCheck(
  method: string,
  promise: string,
  call: (stage: Stage, key: string) => Promise<unknown>,
): SessionEngineCheck {
  return {
    name: `${method} ${promise} while the store is down, and the session is there when it is back`,
    appliesTo: ({ breakStore }) => breakStore !== undefined,
    async run(stage) {
      const { key, session } = await stage.store();
      const repair = (await stage.capabilities.breakStore?.(stage.engine)) ?? assert.fail();
      try {
        await assert.rejects(call(stage, key));
      } finally {
        await repair();
      }
      await stage.expectStored(key, session);
    },
  };
}
