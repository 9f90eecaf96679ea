import { setImmediate as aMoment } from 'node:timers/promises';
import { loadListed } from '../../src/engines/load-listed.js';
import type { StoredSession } from '../../src/engines/session-engine.js';

const session = (data: string): StoredSession => ({ data, expiresAt: new Date(0) });

describe('The sessions behind the keys that a store has for a user', () => {
  it('are those that are there', async () => {
    const load = async (key: string) => (key === 'second' ? undefined : session(key));
    expect(await loadListed(async () => ['first', 'second', 'third'], load)).toEqual([
      { key: 'first', ...session('first') },
      { key: 'third', ...session('third') },
    ]);
  });

  it('are loaded once each, and at most 100 at a time', async () => {
    const keys = Array.from({ length: 1050 }, (_, index) => `key${index}`);
    let loads = 0;
    let loading = 0;
    let most = 0;
    const load = async (key: string) => {
      loads++;
      most = Math.max(most, ++loading);
      await aMoment();
      loading--;
      return session(key);
    };
    const sessions = await loadListed(async () => keys, load);
    expect(sessions.map(({ key }) => key)).toEqual(keys);
    expect({ loads, most }).toEqual({ loads: 1050, most: 100 });
  });

  it('are told in the end, also when new ones never cease to come', async () => {
    const keys: string[] = [];
    const listKeys = async () => {
      keys.push(`key${keys.length}`);
      return [...keys];
    };
    const sessions = await loadListed(listKeys, async (key) => session(key));
    expect(sessions.length).toBeGreaterThan(5);
  });

  it('are not known when one of them cannot be loaded', async () => {
    const load = async (key: string) => {
      if (key === 'second') throw new Error('down');
      return session(key);
    };
    await expect(loadListed(async () => ['first', 'second'], load)).rejects.toThrow('down');
  });
});
