import { PassThrough } from 'node:stream';
import { runCommand } from '../../src/command/run-command.js';

export interface CommandResult {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

export interface CommandSurroundings {
  /** What standard input holds. */
  readonly input?: string;
  /** Whether somebody sits before it. */
  readonly isTTY?: boolean;
  readonly environment?: Record<string, string>;
}

/** Runs the command `nest-sessions` in this process. */
export async function commandResult(
  args: string[],
  { input = '', isTTY, environment = {} }: CommandSurroundings = {},
): Promise<CommandResult> {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  stdin.end(input);
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const code = await runCommand(args, { input: stdin, output, errors, environment });
  return { code, output: textOf(output), errors: textOf(errors) };
}

function textOf(stream: PassThrough): string {
  return String(stream.read() ?? '');
}
