import type { RedisConnection } from './redis-connection.js';
import { DELETE, GET, SET } from './redis-session.js';
import type { SessionCache } from './session-cache.js';

/** Texts in Redis or Valkey, as any Keyv writes and reads them. */
export class RedisCache implements SessionCache {
  constructor(private readonly redis: RedisConnection) {}

  async get(key: string): Promise<string | undefined> {
    const entry = await this.redis.run(GET, key);
    try {
      const value: unknown = entry === null ? undefined : JSON.parse(String(entry)).value;
      return typeof value === 'string' ? value : undefined;
    } catch {
      // Somebody else's entry.
      return undefined;
    }
  }

  async set(key: string, text: string, milliseconds: number): Promise<void> {
    await this.redis.run(SET, key, JSON.stringify({ value: text }), milliseconds);
  }

  async delete(key: string): Promise<void> {
    await this.redis.run(DELETE, key);
  }

  close(): void {
    this.redis.close();
  }
}
