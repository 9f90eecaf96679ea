import type { StoredSession } from '../session-engine.js';
import { RedisScript } from './redis-script.js';

/**
 * A session as Redis keeps it: what any Keyv writes and reads, `{"expires":1700000000000,"value":"…"}`, so that an
 * application which walks through its Keyv can read every entry. The scripts rely on this order and on no spaces.
 */
export function writeRedisSession({ data, expiresAt }: StoredSession): string {
  return `{"expires":${expiresAt.getTime()},"value":${redisTail(data)}`;
}

/** The part of a kept session that holds its data. */
export function redisTail(data: string): string {
  return `${JSON.stringify(data)}}`;
}

/** Undefined for anything that is no session. */
export function readRedisSession(text: string): StoredSession | undefined {
  try {
    const { expires, value } = JSON.parse(text);
    if (typeof value === 'string' && Number.isInteger(expires)) return { data: value, expiresAt: new Date(expires) };
  } catch {
    // Somebody else's entry.
  }
  return undefined;
}

/** Every script is told the time, so that expiry follows the clock of the application; Redis only clears away. */
const PRELUDE = `
local now = tonumber(ARGV[1])
local current = redis.call('GET', KEYS[1])
local _, head, expires, live
if current then
  _, head, expires = string.find(current, '^{"expires":(%-?%d+),"value":')
  live = head and tonumber(expires) > now
end
local function keep(text, milliseconds)
  if tonumber(milliseconds) > 0 then
    redis.call('SET', KEYS[1], text, 'PX', milliseconds)
  else
    redis.call('DEL', KEYS[1])
  end
end
`;

export const GET = new RedisScript(`return redis.call('GET', KEYS[1])`);

/** text, milliseconds */
export const SET = new RedisScript(`redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`);

export const DELETE = new RedisScript(`redis.call('DEL', KEYS[1])`);

/** now, session, milliseconds */
export const CREATE = new RedisScript(`${PRELUDE}
if live then return 0 end
keep(ARGV[2], ARGV[3])
return 1`);

/** now, session, milliseconds, tail of the previous session */
export const REPLACE = new RedisScript(`${PRELUDE}
if not live then return 'gone' end
if string.sub(current, head + 1) ~= ARGV[4] then return 'changed' end
keep(ARGV[2], ARGV[3])
return 'replaced'`);

/** now, expiry, milliseconds */
export const TOUCH = new RedisScript(`${PRELUDE}
if not live then return 0 end
if tonumber(ARGV[2]) > tonumber(expires) then
  keep('{"expires":' .. ARGV[2] .. ',"value":' .. string.sub(current, head + 1), ARGV[3])
end
return 1`);
