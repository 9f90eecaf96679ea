import type { Keyv } from './cache-like.js';
import { keyvName } from './keyv-name.js';
import { unlessUnknown, type RedisScript } from './redis-script.js';
import type { RedisStore } from './redis-store.js';
import { refuse, refuseNonBlocking } from './resolve-keyv.js';

/** KeyvRedis of @keyv/redis. */
export interface NodeRedisAdapter {
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
  withCommandOptions(options: { abortSignal: AbortSignal }): NodeRedisClient;
}

/** Redis or Valkey through @keyv/redis. */
export class NodeRedisStore implements RedisStore {
  #connecting: Promise<NodeRedisClient> | undefined;
  #latest: { signal: AbortSignal; of: NodeRedisClient; client: NodeRedisClient } | undefined;

  constructor(
    private readonly keyv: Keyv,
    private readonly adapter: NodeRedisAdapter,
  ) {
    const { options, withCommandOptions } = adapter.client;
    if (typeof withCommandOptions !== 'function') {
      refuse('is on Redis through a client that cannot withdraw a command. Give a Keyv with @keyv/redis 5, not 4.');
    }
    // The marks that createKeyvNonBlocking leaves.
    if (options?.disableOfflineQueue && options.socket?.reconnectStrategy === false) refuseNonBlocking();
  }

  name(key: string): string {
    return this.adapter.createKeyPrefix(keyvName(this.keyv, key), this.adapter.namespace);
  }

  run(script: RedisScript, name: string, parameters: string[], signal: AbortSignal): Promise<unknown> {
    const options = { keys: [name], arguments: parameters };
    const runOn = (connected: NodeRedisClient): Promise<unknown> => {
      const client = this.#obeying(signal, connected);
      return client.evalSha(script.sha, options).catch(unlessUnknown(() => client.eval(script.source, options)));
    };
    const { client } = this.adapter;
    return client.isOpen && !this.#connecting ? runOn(client) : this.#connected().then(runOn);
  }

  /** The client, whose commands the signal withdraws. One serves all calls that share a signal. */
  #obeying(signal: AbortSignal, client: NodeRedisClient): NodeRedisClient {
    if (this.#latest?.signal !== signal || this.#latest.of !== client) {
      this.#latest = { signal, of: client, client: client.withCommandOptions({ abortSignal: signal }) };
    }
    return this.#latest.client;
  }

  #connected(): Promise<NodeRedisClient> {
    // Whoever comes meanwhile waits for the same attempt: a cluster cannot be asked before its nodes are known.
    this.#connecting ??= this.adapter.getClient().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }
}
