import type { StoredSession } from '../session-engine.js';
import { RedisScript } from './redis-script.js';

/**
 * A session as Redis keeps it: what any Keyv writes and reads, `{"expires":1700000000000,"value":"…"}`, so that an
 * application which walks through its Keyv can read every entry. One that users have to do with names them in between:
 * `"users":"<whose it is, or nothing> <who else has its key in their set>"`. The scripts rely on this order and on no spaces.
 */
export interface RedisSession {
  readonly session: StoredSession;
  /** Undefined for nobody's. */
  readonly user?: string;
}

/** Without users: the scripts know them. */
export function writeRedisSession({ data, expiresAt }: StoredSession): string {
  return `{"expires":${expiresAt.getTime()},"value":${redisTail(data)}`;
}

/** The part of a kept session that holds its data. */
export function redisTail(data: string): string {
  return `${JSON.stringify(data)}}`;
}

/** Undefined for anything that is no session. */
export function readRedisSession(text: string): RedisSession | undefined {
  try {
    const { expires, users, value } = JSON.parse(text);
    if (typeof value !== 'string' || !Number.isInteger(expires)) return undefined;
    return { session: { data: value, expiresAt: new Date(expires) }, user: users?.split(' ', 1)[0] || undefined };
  } catch {
    // Somebody else's entry.
    return undefined;
  }
}

/**
 * Every script is told the time, so that expiry follows the clock of the application; Redis only clears away.
 *
 * Whose set a key was added to, the entry remembers until it goes, so that it is taken out of all of them then. To take it
 * out as soon as the session is no longer theirs would race with their next login.
 */
const PRELUDE = `
local now = tonumber(ARGV[1])
local current = redis.call('GET', KEYS[1])
local _, head, expires, users, live
if current then
  _, head, expires = string.find(current, '^{"expires":(%-?%d+),"value":')
  if not head then
    _, head, expires, users = string.find(current, '^{"expires":(%-?%d+),"users":"([%w ]*)","value":')
  end
  live = head and tonumber(expires) > now
end
local function keep(text, milliseconds)
  if users and users ~= '' then
    text = string.gsub(text, ',', ',"users":"' .. users .. '",', 1)
  end
  if tonumber(milliseconds) > 0 then
    redis.call('SET', KEYS[1], text, 'PX', milliseconds)
  else
    redis.call('DEL', KEYS[1])
  end
end
`;

/** Makes the session the one's whom an argument names, or nobody's, where there is that argument. */
const give = (user: string): string => `
if ${user} then
  local all = ${user}
  for other in string.gmatch(users or '', '%w+') do
    if other ~= ${user} then all = all .. ' ' .. other end
  end
  users = all
end`;

/** Notes the one whom an argument names, where there is that argument; \`news\` says whether the entry did not have it. */
const remember = (user: string): string => `
local news = ${user} and ${user} ~= ''
  and not string.find(' ' .. (users or '') .. ' ', ' ' .. ${user} .. ' ', 1, true)
if news then users = (users or '') .. ' ' .. ${user} end`;

export const GET = new RedisScript(`return redis.call('GET', KEYS[1])`);

/** text, milliseconds */
export const SET = new RedisScript(`redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`);

export const DELETE = new RedisScript(`redis.call('DEL', KEYS[1])`);

/** now, session, milliseconds, and whose it is unless nobody asks */
export const CREATE = new RedisScript(`${PRELUDE}
if live then return 0 end
users = nil
${give('ARGV[4]')}
keep(ARGV[2], ARGV[3])
return 1`);

/** now, session, milliseconds, tail of the previous session, and whose it is unless that stays */
export const REPLACE = new RedisScript(`${PRELUDE}
if not live then return 'gone' end
local tail = string.sub(current, head + 1)
if tail ~= ARGV[4] then
  ${remember('ARGV[5]')}
  if news then keep('{"expires":' .. expires .. ',"value":' .. tail, math.ceil(expires - now)) end
  return 'changed'
end
${give('ARGV[5]')}
keep(ARGV[2], ARGV[3])
return 'replaced'`);

/** now, expiry, milliseconds, and whose it was unless nobody asks */
export const TOUCH = new RedisScript(`${PRELUDE}
if not live then return 0 end
local expiry, milliseconds = expires, math.ceil(expires - now)
local later = tonumber(ARGV[2]) > tonumber(expires)
if later then expiry, milliseconds = ARGV[2], ARGV[3] end
${remember('ARGV[4]')}
if later or news then keep('{"expires":' .. expiry .. ',"value":' .. string.sub(current, head + 1), milliseconds) end
return 1`);

/** Answers who has the key in their set, in any order. */
export const END = new RedisScript(`
local current = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return current and string.match(current, '^{"expires":%-?%d+,"users":"([%w ]*)"') or ''`);
