import { createClient } from '@keyv/redis';
import { serviceUrls } from './services.js';

/** Removes what tests leave on the server, which others use too: all keys with that text in their name. */
export async function removeFromRedis(text: string): Promise<void> {
  const client = await createClient({ url: serviceUrls.redis.href }).connect();
  for await (const names of client.scanIterator({ MATCH: `*${text}*`, COUNT: 1000 })) {
    if (names.length > 0) await client.unlink(names);
  }
  await client.close();
}
