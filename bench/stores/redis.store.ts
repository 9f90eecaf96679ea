import { randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import type { BenchStore } from './bench-store.js';

const FILLED = 'filled:';
const FILL = `for i = ARGV[1] + 1, ARGV[2] do redis.call('SET', KEYS[1] .. i, string.rep('x', 300)) end`;
/** Sessions in one script, while which Redis does nothing else. */
const STEP = 10_000;

type Client = ReturnType<typeof createClient>;

/** The keys under a prefix of the run's own. */
export class RedisStore implements BenchStore {
  readonly prefix = `nest-sessions-bench-${randomBytes(6).toString('hex')}:`;

  #rows = 0;

  private constructor(
    readonly url: string,
    readonly version: string,
    private readonly client: Client,
  ) {}

  static async open(url: string): Promise<RedisStore> {
    const client: Client = createClient({ url, socket: { reconnectStrategy: false } });
    await client.connect();
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
    return new RedisStore(url, version, client);
  }

  async fill(rows: number): Promise<void> {
    const keys = [`${this.prefix}${FILLED}`];
    for (; this.#rows < rows; this.#rows += STEP) {
      await this.client.eval(FILL, {
        keys,
        arguments: [String(this.#rows), String(Math.min(this.#rows + STEP, rows))],
      });
    }
  }

  clear(): Promise<void> {
    return this.#remove((key) => !key.startsWith(`${this.prefix}${FILLED}`));
  }

  async close(): Promise<void> {
    await this.#remove(() => true);
    await this.client.close();
  }

  async #remove(isMeant: (key: string) => boolean): Promise<void> {
    for await (const keys of this.client.scanIterator({ MATCH: `${this.prefix}*`, COUNT: 1000 })) {
      const meant = keys.filter(isMeant);
      if (meant.length > 0) await this.client.unlink(meant);
    }
  }
}
