import assert from 'node:assert/strict';
import type { SessionToStore } from '../session-engine.js';
import type { SessionEngineCheck } from './session-engine-check.js';

const MEBIBYTE = 1024 * 1024;
const MANY = 10_000;

/** What goes in comes out: every kind of data, every key, in any number. */
export const keepingChecks: SessionEngineCheck[] = [
  {
    name: 'a created session is loaded with the same data and expiry, to the millisecond',
    async run(stage) {
      const session = { data: 'eyJhIjoxfQ:1r31eq:mvqAFpOL1fZXbE9_M4qDR7eYKgZG', expiresAt: stage.in(1234.567) };
      const { key } = await stage.store(session);
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'an unknown key loads nothing',
    async run(stage) {
      await stage.expectGone(stage.newKey());
    },
  },
  {
    name: 'create refuses a key that is taken and changes nothing',
    async run(stage) {
      const { key, session } = await stage.store();
      assert.equal(await stage.engine.create(key, stage.session('other', 7200)), false);
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'a deleted key can be used again',
    async run(stage) {
      const { key } = await stage.store();
      await stage.engine.delete(key);
      const session = stage.session('again');
      assert.equal(await stage.engine.create(key, session), true);
      await stage.expectStored(key, session);
    },
  },
  {
    name: 'only data and expiry are kept of what create and replace are given',
    async run(stage) {
      const session: SessionToStore = { ...stage.session(), values: { userId: 1 } };
      const { key } = await stage.store(session);
      assert.ok(!('values' in ((await stage.engine.load(key)) ?? {})), 'values are loaded');
      await stage.engine.replace(key, { ...session, data: 'next' }, session);
      assert.ok(!('values' in ((await stage.engine.load(key)) ?? {})), 'values are loaded');
    },
  },
  {
    name: 'what was stored or loaded can be changed by its holder without changing the store',
    async run(stage) {
      const given = { data: 'data', expiresAt: stage.in(3600) };
      const expected = stage.session();
      const { key } = await stage.store(given);
      given.data = 'changed';
      given.expiresAt.setTime(0);
      await stage.expectStored(key, expected);
      (await stage.engine.load(key))?.expiresAt.setTime(0);
      await stage.expectStored(key, expected);
    },
  },
  {
    name: 'keys of 8 to 64 characters are kept apart, also when one begins with another',
    async run(stage) {
      const longest = stage.newKey() + stage.newKey();
      for (const length of [8, 9, 32, 40, 63, 64]) {
        const key = longest.slice(0, length);
        assert.equal(await stage.engine.create(key, stage.session(key)), true, `create with ${length} characters`);
      }
      await stage.engine.delete(longest.slice(0, 9));
      await stage.expectGone(longest.slice(0, 9));
      for (const length of [8, 32, 40, 63, 64]) {
        const key = longest.slice(0, length);
        await stage.expectStored(key, stage.session(key));
      }
    },
  },
  {
    name: 'overlong and hostile keys find nothing and harm nothing',
    async run(stage) {
      const { key, session } = await stage.store();
      for (const hostile of hostileKeys(key)) {
        // To reject such a key is right as well: the contract promises that none arrives.
        assert.equal(
          await outcome(stage.engine.load(hostile), undefined),
          undefined,
          `load ${JSON.stringify(hostile)}`,
        );
        assert.equal(await outcome(stage.engine.replace(hostile, stage.session('evil'), session), 'gone'), 'gone');
        assert.equal(await outcome(stage.engine.touch(hostile, stage.in(7200)), false), false);
        await outcome(stage.engine.delete(hostile), undefined);
        await stage.expectStored(key, session);
      }
    },
  },
  {
    name: 'a megabyte of data, or as much as the store takes, comes back whole',
    async run(stage) {
      const size = Math.min(MEBIBYTE, stage.capabilities.maxDataBytes ?? MEBIBYTE);
      const data = '0123456789abcdef'.repeat(Math.ceil(size / 16)).slice(0, size);
      const { key, session } = await stage.store(stage.session(data));
      await stage.expectStored(key, session);
      const next = stage.session(`next${data.slice(4)}`);
      assert.equal(await stage.engine.replace(key, next, session), 'replaced');
      await stage.expectStored(key, next);
    },
  },
  {
    name: 'Unicode, quotes, percent signs, line ends and control characters come back as they were',
    async run(stage) {
      const texts = [
        'Bjørn Жук 清風 €',
        '😀👩‍👩‍👧 e\u0301',
        `'"\\%s%d$1{}?`,
        'a\r\nb\tc\n',
        '\u0001\u001f\u007f\u2028\ufeff',
        ' ',
      ];
      for (const data of texts) {
        const { key, session } = await stage.store(stage.session(data));
        await stage.expectStored(key, session);
        assert.equal(await stage.engine.replace(key, stage.session('next'), session), 'replaced');
      }
    },
  },
  {
    name: 'of 10,000 sessions each keeps its own data',
    async run(stage) {
      const keys = await stage.storeMany(MANY);
      await stage.forEach(keys, (key) => stage.expectStored(key, stage.session(key)));
    },
  },
];

function hostileKeys(key: string): string[] {
  const wildcards = [`${key.slice(0, -1)}_`, `${key.slice(0, -1)}?`, `${key.slice(0, 8)}%`, `${key.slice(0, 8)}*`];
  const variants = [
    key.toUpperCase(),
    `${key} `,
    ` ${key}`,
    `${key}\n`,
    `${key}\0`,
    `${key}/`,
    `./${key}`,
    `x/../${key}`,
  ];
  const attacks = [
    '',
    '.',
    '..',
    '../../etc/passwd',
    '..\\..\\boot.ini',
    '__proto__',
    'constructor',
    "' OR ''='",
    '\0\r\n',
    '\ud800',
    'é',
  ];
  return [...wildcards, ...variants, ...attacks, 'a'.repeat(65), 'a'.repeat(10_000)];
}

function outcome<T>(call: Promise<T>, ifRejected: T): Promise<T> {
  return call.catch(() => ifRejected);
}
