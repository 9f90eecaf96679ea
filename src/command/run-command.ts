import { parseArgs } from 'node:util';
import { check } from './check.js';
import { clearExpired } from './clear-expired.js';
import { type Command, CommandError, UsageError } from './command.js';
import { decode } from './decode.js';
import { type Terminal, writeLine } from './terminal.js';

const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ['clear-expired', clearExpired],
  ['check', check],
  ['decode', decode],
]);

const LIST = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`).join('\n');
const HELP = `Usage: nest-sessions <command> [options]

Commands:
${LIST}

nest-sessions <command> --help says more. Exit codes: 0, 1 when it did not work or something was found, 2 when it was
called wrongly.`;

/**
 * The command `nest-sessions`: clears expired sessions, checks the settings of an application, shows what a value holds.
 *
 * @param args what follows the name of the command
 * @returns the exit code
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await run(args, terminal);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await writeLine(terminal.errors, `nest-sessions: ${error.message}`);
    return error.exitCode;
  }
}

async function run([name, ...rest]: readonly string[], terminal: Terminal): Promise<number> {
  if (name === undefined) throw new UsageError(`Say what to do.\n\n${HELP}`);
  if (name === '--help' || name === '-h' || name === 'help') return show(HELP, terminal);
  const command = COMMANDS.get(name);
  if (!command) throw new UsageError(`There is no command ${JSON.stringify(name)}.\n\n${HELP}`);
  const { values, positionals } = parse(command, name, rest);
  if (values.help) return show(command.help, terminal);
  return command.run({ positionals, options: values }, terminal);
}

function parse({ options }: Command, name: string, args: string[]): ReturnType<typeof parseArgs> {
  try {
    const help = { type: 'boolean', short: 'h' } as const;
    return parseArgs({ args, options: { ...options, help }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} See nest-sessions ${name} --help.`);
  }
}

async function show(text: string, { output }: Terminal): Promise<number> {
  await writeLine(output, text);
  return 0;
}
