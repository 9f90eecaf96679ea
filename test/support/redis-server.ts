import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Milliseconds between two looks at a server that is to change. */
const PAUSE = 50;
const LOOKS_A_FAILOVER = 120;

/** A Redis of the test's own, which keeps nothing on disk and can be stopped, hung and started again on its port. */
export class RedisServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly settings: string[],
  ) {}

  /** @param settings further arguments of redis-server */
  static async start(...settings: string[]): Promise<RedisServer> {
    const server = await RedisServer.prepare(...settings);
    await server.start();
    return server;
  }

  /** One that is not running yet. */
  static async prepare(...settings: string[]): Promise<RedisServer> {
    return new RedisServer(await freePort(), await mkdtemp(join(tmpdir(), 'nest-sessions-redis-')), settings);
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Empty, whatever it held before. */
  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory];
    const server = spawn('redis-server', [...settings, '--save', '', '--appendonly', 'no', ...this.settings]);
    this.#process = server;
    const log: string[] = [];
    for await (const line of createInterface(server.stdout)) {
      if (line.includes('Ready to accept connections')) {
        server.stdout.resume();
        return;
      }
      log.push(line);
    }
    throw new Error(`redis-server did not start:\n${log.join('\n')}`);
  }

  /** As a crash: connections break, and everything it held is gone. */
  async stop(): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
  }

  /** It takes connections and commands but answers none. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** It goes on where it hung, with all commands that came meanwhile. */
  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Sends a command and gives the answer as redis-cli prints it. */
  async command(...words: string[]): Promise<string> {
    return (await run('redis-cli', ['-p', String(this.port), ...words])).stdout;
  }

  /** As Redis calls it: `master` or `slave`. */
  async role(): Promise<string> {
    return (await this.command('ROLE')).split('\n')[0]!;
  }

  /** For a replica: until it has a copy of what its primary holds. */
  async waitForPrimary(): Promise<void> {
    while ((await this.role()) === 'slave' && !(await this.command('ROLE')).includes('connected')) await pause(PAUSE);
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Three primaries that share the keys, each with as many replicas. */
export class RedisCluster {
  #turn = 0;

  private constructor(readonly servers: readonly RedisServer[]) {}

  /** @param options.patience Milliseconds after which a node that does not answer is taken for dead. */
  static async start({ replicas = 0, patience = 15_000 } = {}): Promise<RedisCluster> {
    const mode = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(patience)];
    const servers = await Promise.all(Array.from({ length: 3 * (1 + replicas) }, () => RedisServer.start(...mode)));
    const addresses = servers.map(({ port }) => `127.0.0.1:${port}`);
    const settings = ['--cluster-replicas', String(replicas), '--cluster-yes'];
    await run('redis-cli', ['--cluster', 'create', ...addresses, ...settings]);
    for (const server of servers) {
      while (!(await server.command('CLUSTER', 'INFO')).includes('cluster_state:ok')) await pause(PAUSE);
      await server.waitForPrimary();
    }
    return new RedisCluster(servers);
  }

  /** The next replica takes over from its primary, once it has all that the primary had. */
  async failOver(): Promise<void> {
    const server = await this.#next('slave');
    // Redis gives up after five seconds, and the primary goes on.
    for (let look = 0; (await server.role()) !== 'master'; look++) {
      if (look % LOOKS_A_FAILOVER === 0) await server.command('CLUSTER', 'FAILOVER');
      await pause(PAUSE);
    }
  }

  /** The next primary is killed, its replica takes over with what it has got, and the killed one comes back as a replica. */
  async crash(): Promise<void> {
    const server = await this.#next('master');
    const others = this.servers.filter((other) => other !== server);
    const primaries = await countPrimaries(others);
    await server.stop();
    while ((await countPrimaries(others)) === primaries) await pause(PAUSE);
    await server.start();
    while ((await server.role()) === 'master') await pause(PAUSE);
    await server.waitForPrimary();
  }

  async #next(role: 'master' | 'slave'): Promise<RedisServer> {
    for (;;) {
      const server = this.servers[this.#turn++ % this.servers.length]!;
      if ((await server.role()) === role) return server;
      await pause(PAUSE);
    }
  }

  get urls(): string[] {
    return this.servers.map(({ url }) => url);
  }

  async dispose(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.dispose()));
  }
}

async function countPrimaries(servers: readonly RedisServer[]): Promise<number> {
  const roles = await Promise.all(servers.map((server) => server.role()));
  return roles.filter((role) => role === 'master').length;
}

/** A port which is free and, 10,000 above it, the port on which the nodes of a cluster talk. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await portIfFree(0);
    if (port && port + 10_000 < 65_536 && (await portIfFree(port + 10_000))) return port;
  }
}

async function portIfFree(port: number): Promise<number | undefined> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : undefined;
}
