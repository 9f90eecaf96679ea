import { inspect } from 'node:util';
import { jest } from '@jest/globals';
import { SessionStoreError } from '../../../src/errors/index.js';
import { hashSessionKey } from '../../../src/session/session-key.js';
import { refuseUnhandledRejections, SessionWorld } from '../../support/session-world.js';

const increment = (n = 0): number => n + 1;

let world: SessionWorld;

beforeEach(() => (world = new SessionWorld()));
afterEach(() => jest.restoreAllMocks());
refuseUnhandledRejections();

describe('a store that fails', () => {
  const secretsOf = async (key: string): Promise<string[]> => {
    const row = await world.row(key);
    return [key, hashSessionKey(key), row?.data, 'topsecret', Buffer.from('topsecret').toString('base64url')].filter(
      (secret) => secret !== undefined,
    );
  };

  it.each(['load', 'create', 'replace', 'touch', 'delete'] as const)(
    'at %s is a SessionStoreError and one line in the log, with nothing of key or data in either',
    async (method) => {
      world = new SessionWorld({ saveEveryRequest: true, hashKeys: method === 'replace' });
      const key = await world.given({ value: 'topsecret' });
      world.clock.advance(1);
      const secrets = await secretsOf(key);
      // What drivers say and attach: keys, data, the beginning of data.
      world.engine.fail(method, (key: string, session?: { data?: string }) => {
        const data = session?.data ?? '';
        secrets.push(key, ...(data && [data]));
        return Object.assign(new TypeError(`down: key "${key}", data '${data}', near '${data.slice(0, 40)}…'`), {
          code: 'ECONNREFUSED',
          query: `UPDATE '${key}'`,
          parameters: [key, data],
          cause: new Error(key + data),
        });
      });
      const attempt = async (): Promise<void> => {
        const { session, commit } = await world.request(method === 'create' ? undefined : key);
        if (method === 'delete') await session.flush();
        if (method === 'create' || method === 'replace') session.set('value', 'topsecret');
        await commit();
      };
      const error = await attempt().then(
        () => undefined,
        (thrown: unknown) => thrown as SessionStoreError,
      );
      expect(error).toBeInstanceOf(SessionStoreError);
      expect(error!.cause).toMatchObject({
        name: 'TypeError',
        code: 'ECONNREFUSED',
        message: expect.stringMatching(/^down: /),
      });
      expect(world.observer.errors).toHaveLength(1);
      expect(world.observer.errors[0]).toMatch(/^The session store failed to \w+ session [0-9a-f]{8}: down: /);
      const cause = error!.cause as Error;
      const said = [
        inspect(error, { depth: Infinity, showHidden: true }),
        error!.stack,
        cause.stack,
        JSON.stringify(error!.getResponse()),
        inspect(world.observer),
      ].join('\n');
      for (const secret of secrets) {
        expect(said).not.toContain(secret);
        expect(said).not.toContain(secret.slice(0, 24));
      }
    },
  );

  it.each([['text'], [undefined], [null], [{ key: 'x' }]])(
    'by rejecting with %p is a SessionStoreError, too',
    async (reason) => {
      const key = await world.given({ a: 1 });
      world.engine.fail('load', reason);
      await expect(world.request(key)).rejects.toThrow(SessionStoreError);
      expect(world.observer.errors).toHaveLength(1);
    },
  );

  it('by throwing at once is a SessionStoreError, too', async () => {
    const key = await world.given({ a: 1 });
    jest.spyOn(world.memory, 'load').mockImplementation(() => {
      throw new Error('at once');
    });
    await expect(world.request(key)).rejects.toThrow(SessionStoreError);
  });

  it.each(['create', 'replace'] as const)(
    'at a %s leaves the changes to be stored by a later commit',
    async (method) => {
      const key = method === 'replace' ? await world.given({ n: 1, gone: 1, list: [1] }) : undefined;
      const { session, commit, state } = await world.request(key);
      session.set('a', 1).delete('gone');
      session.compute('n', increment);
      const list = session.setDefault('list', [1]);
      list.push(2);
      world.engine.fail(method, new Error('down'), { times: 2 });
      await expect(session.save()).rejects.toThrow(SessionStoreError);
      expect(world.manager.needsCommit(state)).toBe(true);
      await expect(commit()).rejects.toThrow(SessionStoreError);
      list.push(3);
      await commit();
      expect(await world.data(session.key!)).toEqual({ n: key ? 2 : 1, list: [1, 2, 3], a: 1 });
      expect(world.manager.needsCommit(state)).toBe(false);
    },
  );

  it('half way through a merge leaves the changes to be applied once, to whatever is newest then', async () => {
    const key = await world.given({ n: 0 });
    const { session, commit } = await world.request(key);
    session.compute('n', increment);
    await world.elsewhere(key, (theirs) => theirs.compute('n', increment));
    world.engine.during('replace', async () => undefined);
    world.engine.fail('replace', new Error('down'));
    await expect(session.save()).rejects.toThrow(SessionStoreError);
    expect(session.get('n')).toBe(2);
    await world.elsewhere(key, (theirs) => theirs.compute('n', increment));
    await commit();
    expect(await world.data(key)).toEqual({ n: 3 });
  });

  it('at a save() without changes is asked again by the commit', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    world.engine.fail('replace', new Error('down'));
    await expect(session.save()).rejects.toThrow(SessionStoreError);
    await commit();
    expect(world.engine.takeCalls()).toEqual(['load', 'replace', 'replace']);
  });

  it('at a save that nobody awaits is asked again by the commit, which tells when that fails too', async () => {
    const key = await world.given({ a: 1 });
    const { session, commit } = await world.request(key);
    session.set('a', 2);
    world.engine.fail('replace', new Error('down'), { times: 2 });
    void session.save();
    await expect(commit()).rejects.toThrow(SessionStoreError);
    await commit();
    expect(await world.data(key)).toEqual({ a: 2 });
  });

  it('for one of two saves in a row fails that one alone', async () => {
    const key = await world.given({ a: 1 });
    const { session } = await world.request(key);
    session.set('a', 2);
    world.engine.fail('replace', new Error('down'));
    const results = await Promise.allSettled([session.save(), session.save()]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await world.data(key)).toEqual({ a: 2 });
  });

  it('does not keep others waiting for the same session', async () => {
    const key = await world.given({ n: 0 });
    const requests = await Promise.all([world.request(key), world.request(key), world.request(key)]);
    for (const { session } of requests) session.compute('n', increment);
    world.engine.during('replace', async () => undefined);
    world.engine.fail('replace', new Error('down'));
    const results = await Promise.allSettled(requests.map((request) => request.commit()));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await world.data(key)).toEqual({ n: 2 });
  });
});
