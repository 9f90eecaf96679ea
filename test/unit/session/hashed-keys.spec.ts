import { hashSessionKey } from '../../../src/session/session-key.js';
import { SessionWorld } from '../../support/session-world.js';

describe('a store that keeps hashed keys', () => {
  const world = new SessionWorld({ hashKeys: true, saveEveryRequest: true });
  const { calls } = world.engine;

  it('is asked by the whole hash only: the time that it takes to find a key says nothing of a key', async () => {
    const keys: string[] = [];
    const { key } = await world.manager.create({ count: 0 });
    keys.push(key!);

    const request = await world.request(key);
    request.session.set('count', 1);
    await request.commit();
    await (await world.request(key)).commit();
    const rotated = await world.request(key);
    await rotated.session.cycleKey();
    keys.push(rotated.session.key!);
    await world.request(key);
    await (await world.request(rotated.session.key)).session.flush();
    const unknown = 'x'.repeat(32);
    keys.push(unknown);
    await world.request(unknown);
    await world.manager.find(unknown);
    await world.manager.delete(unknown);

    expect(new Set(calls.map(({ args }) => args[0]))).toEqual(new Set(keys.map(hashSessionKey)));
    for (const key of keys) expect(JSON.stringify(calls)).not.toContain(key.slice(0, 8));
    expect(new Set(world.engine.takeCalls())).toEqual(new Set(['create', 'load', 'replace', 'touch', 'delete']));
  });

  it('is asked about nothing that cannot be a key', async () => {
    for (const text of ['', 'short', 'x'.repeat(41), 'ABCDEFGHIJKLMNOP', "' OR 1=1 --", '../../etc/passwd']) {
      expect((await world.request(text)).session.size).toBe(0);
      await world.manager.delete(text);
    }
    expect(calls).toEqual([]);
  });
});
