import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Assignment } from '../subjects/assembly.js';
import type { Questions } from '../subjects/server-side.js';
import { endChild, startChild } from './child.js';

const SERVER = new URL('../subjects/server.js', import.meta.url);

/**
 * While others have their turn a server is idle, and V8 would use the time to throw away code that a server under load
 * keeps: the next turn would measure how it is compiled again.
 */
const LIKE_A_BUSY_SERVER = ['--no-memory-reducer', '--no-flush-bytecode'];

/** What it took until an application listened. */
export interface Start {
  readonly milliseconds: number;
  /** User and system time in milliseconds. */
  readonly cpu: number;
}

/** An application in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess;

  private constructor(
    child: ChildProcess,
    readonly port: number,
    readonly start: Start,
  ) {
    this.#child = child;
  }

  static async start(assignment: Assignment): Promise<ServerProcess> {
    interface Ready {
      port: number;
      startMilliseconds: number;
      startCpu: NodeJS.CpuUsage;
    }
    const { child, ready } = await startChild<Ready>(
      SERVER,
      [JSON.stringify(assignment)],
      ['--expose-gc', ...LIKE_A_BUSY_SERVER],
    );
    const { port, startMilliseconds, startCpu } = ready;
    return new ServerProcess(child, port, {
      milliseconds: startMilliseconds,
      cpu: (startCpu.user + startCpu.system) / 1000,
    });
  }

  /** One question at a time. */
  async ask<Name extends keyof Questions>(
    name: Name,
    ...[value]: Questions[Name][0] extends undefined ? [] : [Questions[Name][0]]
  ): Promise<Questions[Name][1]> {
    const answered = once(this.#child, 'message');
    this.#child.send({ name, value });
    const [{ answer }] = await answered;
    return answer;
  }

  stop(): Promise<void> {
    return endChild(this.#child);
  }
}
