import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const loader = new URL('./ts-loader.mjs', import.meta.url).href;

export interface TypeScriptProcess {
  readonly process: ChildProcessByStdio<Writable, Readable, null>;
  /** What it prints, line by line. What it reports as an error goes to the test's own output. */
  readonly lines: Interface;
  /** Its exit code, or the signal that ended it, once all its lines were read. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/**
 * Runs a script of the tests in a process of its own.
 *
 * @param script as `new URL('./script.ts', import.meta.url)`
 * @param wrapper a command with its arguments that starts the process, such as `['nice', '-n', '5']`
 */
export function spawnTypeScript(script: URL, args: string[] = [], wrapper: string[] = []): TypeScriptProcess {
  const node = [process.execPath, '--enable-source-maps', '--import', loader, fileURLToPath(script), ...args];
  const [command = '', ...rest] = [...wrapper, ...node];
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals);
  return { process: child, lines: createInterface(child.stdout), ended };
}
