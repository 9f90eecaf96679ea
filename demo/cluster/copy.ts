import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../sample-app/dist/main.js', import.meta.url));

/** One process of the sample application, as it would run on a machine of its own. */
export class Copy {
  /** Undefined while it does not listen. */
  port: number | undefined;
  #process: ChildProcess | undefined;

  constructor(private readonly environment: Record<string, string>) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      env: { PATH: process.env.PATH, ...this.environment, PORT: '0' },
      // Its log would tell of every misfortune.
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#process = child;
    child.once('exit', () => {
      if (this.#process === child) this.port = undefined;
    });
    for await (const line of createInterface(child.stdout)) {
      const [, port] = /listens on http:\/\/localhost:(\d+)/.exec(line) ?? [];
      if (port === undefined) continue;
      this.port = Number(port);
      child.stdout.resume();
      return;
    }
    throw new Error('A copy of the sample application did not start.');
  }

  /** As when the power goes: nothing is finished. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.port = undefined;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}
