import type { Keyv } from './cache-like.js';
import type { RedisScript } from './redis-script.js';
import { refuseNonBlocking } from './resolve-keyv.js';

/** The Redis or Valkey behind a Keyv, reached by the client of its adapter. */
export interface RedisStore {
  /** The name that a key has there, as the Keyv and its adapter would make it. */
  name(key: string): string;
  /**
   * Runs a script on the key of that name.
   * @param giveUpAfter milliseconds after which a command that could not yet be sent is withdrawn; 0 never withdraws it
   */
  run(script: RedisScript, name: string, parameters: string[], giveUpAfter: number): Promise<unknown>;
}

/** Undefined when there is no Redis behind the Keyv. Told by its shape, so that any copy of the adapter will do. */
export function redisStore(keyv: Keyv): RedisStore | undefined {
  const { client, redis, getClient, createKeyPrefix, _getKeyName } = Object(keyv.store);
  if (typeof client?.evalSha === 'function' && getClient && createKeyPrefix) {
    return new NodeRedisStore(keyv, keyv.store as NodeRedisAdapter);
  }
  if (typeof redis?.evalsha === 'function' && _getKeyName) return new ValkeyStore(keyv, keyv.store as ValkeyAdapter);
  return undefined;
}

/** KeyvRedis of @keyv/redis. */
interface NodeRedisAdapter {
  readonly client: NodeRedisClient;
  readonly namespace?: string;
  getClient(): Promise<NodeRedisClient>;
  createKeyPrefix(key: string, namespace?: string): string;
}

/** A client of node-redis 5: of a single server, of Sentinel or of a cluster. */
interface NodeRedisClient {
  readonly isOpen: boolean;
  readonly options?: { disableOfflineQueue?: boolean; socket?: { reconnectStrategy?: unknown } };
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(source: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  withCommandOptions(options: { timeout: number }): NodeRedisClient;
}

class NodeRedisStore implements RedisStore {
  #connecting: Promise<NodeRedisClient> | undefined;

  constructor(
    private readonly keyv: Keyv,
    private readonly adapter: NodeRedisAdapter,
  ) {
    const { options } = adapter.client;
    // The marks that createKeyvNonBlocking leaves.
    if (options?.disableOfflineQueue && options.socket?.reconnectStrategy === false) refuseNonBlocking();
  }

  name(key: string): string {
    return this.adapter.createKeyPrefix(keyvName(this.keyv, key), this.adapter.namespace);
  }

  async run(script: RedisScript, name: string, parameters: string[], giveUpAfter: number): Promise<unknown> {
    const connected = await this.#connected();
    const client = giveUpAfter > 0 ? connected.withCommandOptions({ timeout: giveUpAfter }) : connected;
    const options = { keys: [name], arguments: parameters };
    return client.evalSha(script.sha, options).catch(unlessUnknown(() => client.eval(script.source, options)));
  }

  #connected(): NodeRedisClient | Promise<NodeRedisClient> {
    if (!this.#connecting && this.adapter.client.isOpen) return this.adapter.client;
    // Whoever comes meanwhile waits for the same attempt: a cluster cannot be asked before its nodes are known.
    this.#connecting ??= this.adapter.getClient().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }
}

/** KeyvValkey of @keyv/valkey. */
interface ValkeyAdapter {
  readonly redis: ValkeyClient;
  _getKeyName(key: string): string;
}

/** A client of iovalkey: of a single server, of Sentinel or of a cluster. It connects and withdraws commands by itself. */
interface ValkeyClient {
  evalsha(sha: string, keys: number, ...keysAndParameters: string[]): Promise<unknown>;
  eval(source: string, keys: number, ...keysAndParameters: string[]): Promise<unknown>;
}

class ValkeyStore implements RedisStore {
  constructor(
    private readonly keyv: Keyv,
    private readonly adapter: ValkeyAdapter,
  ) {}

  name(key: string): string {
    return this.adapter._getKeyName(keyvName(this.keyv, key));
  }

  run(script: RedisScript, name: string, parameters: string[]): Promise<unknown> {
    const { redis } = this.adapter;
    return redis
      .evalsha(script.sha, 1, name, ...parameters)
      .catch(unlessUnknown(() => redis.eval(script.source, 1, name, ...parameters)));
  }
}

/** The name that a Keyv hands to its adapter. */
function keyvName({ namespace, useKeyPrefix }: Keyv, key: string): string {
  const prefixed = useKeyPrefix === false || !namespace || key.startsWith(`${namespace}:`);
  return prefixed ? key : `${namespace}:${key}`;
}

/** A server that was restarted, or is asked for the first time, does not know the script yet. */
function unlessUnknown(retry: () => Promise<unknown>): (error: unknown) => Promise<unknown> {
  return async (error) => {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return retry();
    throw error;
  };
}
