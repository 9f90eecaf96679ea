import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './free-port.js';

const run = promisify(execFile);

/** Where Debian puts a version's programs, which it keeps out of the path. */
const DEBIAN = '/usr/lib/postgresql';

/** A `describe` for tests that start servers of their own; left out, as `describeWith` does, where that cannot be. */
export async function describeWithPostgresServer(name: string, tests: () => void): Promise<void> {
  const reason = await whyNone();
  if (reason === undefined) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`Left out: ${name}, because ${reason}.\n`);
  it(`${name} is left out because ${reason}`, () => {
    expect(process.env.REQUIRE_SERVICES).not.toBe('1');
  });
}

async function whyNone(): Promise<string | undefined> {
  try {
    await runAs(await serverUser(), 'initdb', '--version');
    return undefined;
  } catch (error) {
    return (error as Error).message.split('\n')[0];
  }
}

/** A PostgreSQL of the test's own, empty at first, which can be stopped and started again on its port. */
export class PostgresServer {
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly directory: string,
    private readonly user: User,
  ) {}

  static async start(): Promise<PostgresServer> {
    const user = await serverUser();
    const directory = await mkdtemp(join(tmpdir(), 'nest-sessions-postgres-'));
    await chown(directory, user.uid, user.gid);
    await runAs(user, 'initdb', '-D', directory, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync');
    const server = new PostgresServer(await freePort(), directory, user);
    await server.start();
    return server;
  }

  get url(): string {
    return `postgres://postgres@127.0.0.1:${this.port}/postgres`;
  }

  async start(): Promise<void> {
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${this.directory}`];
    const parameters = ['-D', this.directory, '-p', String(this.port), ...settings];
    const server = spawn('postgres', parameters, { ...this.user, stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process = server;
    const log: string[] = [];
    for await (const line of createInterface(server.stderr)) {
      if (line.includes('ready to accept connections')) {
        server.stderr.resume();
        return;
      }
      log.push(line);
    }
    throw new Error(`postgres did not start:\n${log.join('\n')}`);
  }

  /** `fast` breaks off what is under way and goes down in order; `immediate` is as a crash, mended at the next start. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    const server = this.#process;
    this.#process = undefined;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    await exit;
  }

  async dispose(): Promise<void> {
    await this.stop('immediate');
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** In the form that Node starts programs with. */
interface User {
  readonly uid: number;
  readonly gid: number;
  readonly env: NodeJS.ProcessEnv;
}

/** PostgreSQL refuses to run as root, for whom its own user stands in. */
async function serverUser(): Promise<User> {
  const versions = await readdir(DEBIAN).catch(() => []);
  const folders = versions.map((version) => join(DEBIAN, version, 'bin')).reverse();
  const env = { ...process.env, PATH: [process.env.PATH, ...folders].join(delimiter), LC_ALL: 'C' };
  const isRoot = process.getuid?.() === 0;
  const idOf = async (option: '-u' | '-g'): Promise<number> =>
    Number((await run('id', isRoot ? [option, 'postgres'] : [option])).stdout);
  return { uid: await idOf('-u'), gid: await idOf('-g'), env };
}

async function runAs(user: User, program: string, ...parameters: string[]): Promise<void> {
  await run(program, parameters, { ...user, cwd: tmpdir() });
}
