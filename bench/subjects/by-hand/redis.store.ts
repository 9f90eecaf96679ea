import { createClient, defineScript } from 'redis';
import { type Places, SESSION_AGE } from '../assembly.js';
import type { SessionStore } from './session-store.js';

const replace = defineScript({
  NUMBER_OF_KEYS: 1,
  SCRIPT: `
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
    return 1`,
  parseCommand(parser, key: string, previous: string, text: string) {
    parser.pushKey(key);
    parser.push(previous, text, String(SESSION_AGE));
  },
  transformReply: (reply: number) => reply === 1,
});

export async function redisStore({ redisUrl, redisPrefix }: Places): Promise<SessionStore> {
  const client = createClient({ url: redisUrl, scripts: { replace } });
  await client.connect();
  const name = (key: string): string => `${redisPrefix}by-hand:${key}`;
  const once = { expiration: { type: 'EX', value: SESSION_AGE }, condition: 'NX' } as const;
  return {
    load: async (key) => (await client.get(name(key))) ?? undefined,
    create: (key, text) => client.set(name(key), text, once),
    replace: (key, text, previous) => client.replace(name(key), previous, text),
    delete: (key) => client.del(name(key)),
  };
}
