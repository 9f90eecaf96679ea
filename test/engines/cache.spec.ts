import { createCache } from 'cache-manager';
import { createKeyv, createKeyvNonBlocking } from '@keyv/redis';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { Keyv } from 'keyv';
import { createCacheEngine, createSessionCache, type CacheLike } from '../../src/engines/cache/index.js';
import { MemoryCache } from '../../src/engines/cache/memory-cache.js';
import { TestClock } from '../support/test-clock.js';

const makers = {
  createCacheEngine: (cache: CacheLike | undefined, warn?: (message: string) => void) =>
    createCacheEngine(cache, { warn }),
  createSessionCache: (cache: CacheLike | undefined, warn?: (message: string) => void) =>
    createSessionCache(cache, { warn }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({
      code: 'SESSION_OPTIONS',
      message: expect.stringMatching(new RegExp(`^The option "cache" of SessionModule .*${message.source}`)),
    });

  it('takes a Keyv, and a Cache with one', () => {
    expect(() => make(new Keyv())).not.toThrow();
    expect(() => make(createCache())).not.toThrow();
    expect(() => make(createCache({ stores: [new Keyv()], ttl: 5000 }))).not.toThrow();
  });

  it('takes the CACHE_MANAGER of Nest', async () => {
    const module = await Test.createTestingModule({ imports: [CacheModule.register({ ttl: 5000 })] }).compile();
    expect(() => make(module.get(CACHE_MANAGER))).not.toThrow();
    await module.close();
  });

  it('refuses a Cache that is nonBlocking, whose Keyv it would be, and Nest’s', async () => {
    expect(() => make(createCache({ stores: [new Keyv()], nonBlocking: true }))).toThrow(refusal(/is nonBlocking/));
    const module = await Test.createTestingModule({ imports: [CacheModule.register({ nonBlocking: true })] }).compile();
    expect(() => make(module.get(CACHE_MANAGER))).toThrow(refusal(/is nonBlocking/));
    await module.close();
  });

  it('refuses the Keyv that createKeyvNonBlocking makes, and takes what createKeyv makes', () => {
    expect(() => make(createKeyvNonBlocking('redis://127.0.0.1:1'))).toThrow(refusal(/is nonBlocking/));
    expect(() => make(createKeyv('redis://127.0.0.1:1'))).not.toThrow();
  });

  it('refuses a client of Redis that cannot withdraw a command, as that of @keyv/redis 4', () => {
    const keyv = createKeyv('redis://127.0.0.1:1');
    Object.assign((keyv.store as { client: object }).client, { withCommandOptions: undefined });
    expect(() => make(keyv)).toThrow(refusal(/@keyv\/redis 5, not 4/));
  });

  it('refuses a Cache with several stores and says which to give', () => {
    const tiered = createCache({ stores: [new Keyv(), new Keyv()] });
    expect(() => make(tiered)).toThrow(refusal(/has 2 stores\. .*Give the Keyv of the store that all processes share/));
  });

  it('refuses what holds a cache of its own kind, as Cacheable does', () => {
    const cacheable = { primary: new Keyv(), secondary: new Keyv(), nonBlocking: false };
    expect(() => make(cacheable as never)).toThrow(refusal(/is neither a Keyv 5 nor a Cache/));
    expect(() => make({ ...cacheable, nonBlocking: true } as never)).toThrow(refusal(/is nonBlocking/));
  });

  it.each([[new Map()], [{}], ['redis://127.0.0.1'], [() => undefined]])('refuses %p, which is no cache', (cache) => {
    expect(() => make(cache as never)).toThrow(
      refusal(/is neither a Keyv 5 nor a Cache of cache-manager 6\.4 or 7\. Give/),
    );
  });

  it('says at the start that memory is not shared', () => {
    for (const cache of [undefined, new Keyv(), createCache()]) {
      const warnings: string[] = [];
      make(cache, (message) => warnings.push(message));
      expect(warnings).toEqual([expect.stringMatching(/process.*set the option "cache" to a Keyv on Redis or Valkey/)]);
    }
  });

  it('leaves the given cache as it was', async () => {
    const keyv = new Keyv({ store: new Map(), namespace: 'app', ttl: 5000 });
    const before = { ...keyv.opts };
    const { throwOnErrors, namespace } = keyv;
    make(createCache({ stores: [keyv] }));
    expect(keyv.opts).toEqual(before);
    expect(keyv).toMatchObject({ throwOnErrors, namespace });
  });
});

describe('createCacheEngine on a store that is neither Redis nor memory', () => {
  it('says at the start what two processes may do to each other', () => {
    const warnings: string[] = [];
    const store = { get: () => undefined, set: () => true, delete: () => true, clear: () => undefined };
    createCacheEngine(new Keyv({ store }), { warn: (message) => warnings.push(message) });
    expect(warnings).toEqual([expect.stringContaining('two processes that change one session')]);
  });
});

describe('MemoryCache', () => {
  it('keeps a text for its time and does not grow by those whose time is over', async () => {
    const clock = new TestClock();
    const cache = new MemoryCache(clock);
    for (let index = 0; index < 100; index++) {
      await cache.set(`key${index}`, 'text', 60_000);
      clock.advance(30);
    }
    expect(cache.size).toBe(2);
    expect(await cache.get('key99')).toBe('text');
    expect(await cache.get('key98')).toBeUndefined();
  });

  it('counts the time of a text from when it was last set', async () => {
    const clock = new TestClock();
    const cache = new MemoryCache(clock);
    await cache.set('renewed', 'text', 60_000);
    clock.advance(50);
    await cache.set('renewed', 'text', 60_000);
    clock.advance(50);
    await cache.set('other', 'text', 60_000);
    expect(await cache.get('renewed')).toBe('text');
  });
});
