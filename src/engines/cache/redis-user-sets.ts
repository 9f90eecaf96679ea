import { isStoreKey } from '../store-key.js';
import type { RedisConnection } from './redis-connection.js';
import { RedisScript } from './redis-script.js';

/**
 * The keys of each user's sessions, in a sorted set by their expiry. It is on another slot of a cluster than the sessions, so
 * it is not changed together with them: a key is in the set *before* its session is stored, and out of it after the session
 * is deleted. So the set may name a session that is not there, and never lacks one that is.
 *
 * A key that was left behind goes with the next one that comes after its time, or with the whole set.
 */
export class RedisUserSets {
  constructor(private readonly redis: RedisConnection) {}

  /** What stands for a user becomes part of entries and names in Redis, so it must be nothing else. */
  async add(user: string, key: string, expiresAt: Date, now: number): Promise<void> {
    if (!isStoreKey(user)) throw new Error('What stands for a user is 8 to 64 characters of a-z and 0-9.');
    await this.redis.run(ADD, nameOf(user), now, expiresAt.getTime(), key);
  }

  /** Never rejects: a key that stays does no harm, and the session is gone. */
  async remove(users: readonly string[], key: string): Promise<void> {
    await Promise.allSettled(users.map((user) => this.redis.run(REMOVE, nameOf(user), key)));
  }

  async keys(user: string, now: number): Promise<string[]> {
    const keys = (await this.redis.run(MEMBERS, nameOf(user), now)) as unknown[];
    return keys.map(String);
  }
}

/** No key of a session has a colon. */
function nameOf(user: string): string {
  return `user:${user}`;
}

/**
 * now, expiry, member. Neither a member nor the set is ever given less time than it has: what is to be stored with an
 * earlier expiry may be refused, and clocks differ.
 */
const ADD = new RedisScript(`
local now, expiry = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('ZSCORE', KEYS[1], ARGV[3])
if not known or tonumber(known) < expiry then redis.call('ZADD', KEYS[1], ARGV[2], ARGV[3]) end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1])
local left = math.ceil(expiry - now)
if left > redis.call('PTTL', KEYS[1]) then redis.call('PEXPIRE', KEYS[1], left) end`);

/** member */
const REMOVE = new RedisScript(`redis.call('ZREM', KEYS[1], ARGV[1])`);

/** now */
const MEMBERS = new RedisScript(`return redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[1], '+inf')`);
