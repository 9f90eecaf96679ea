import type { ParseArgsConfig } from 'node:util';
import type { Terminal } from './terminal.js';

/** What `nest-sessions <name>` does. */
export interface Command {
  /** In one line, for the list of commands. */
  readonly summary: string;
  /** All there is to know, for `--help`. */
  readonly help: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** @returns the exit code */
  run(invocation: Invocation, terminal: Terminal): Promise<number>;
}

/** What a command was given. */
export interface Invocation {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** A command that could not do its work. The message is all that is shown. */
export class CommandError extends Error {
  readonly exitCode: number = 1;
}

/** A command that was called wrongly. */
export class UsageError extends CommandError {
  override readonly exitCode = 2;
}
