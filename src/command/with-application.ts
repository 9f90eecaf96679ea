import type { INestApplicationContext, InjectionToken, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isDeployWarning } from '../module/deploy-checks.js';
import { importApplicationModule, messageOf } from './application-module.js';
import { CommandError, type Invocation, UsageError } from './command.js';
import { type Terminal, writeLine } from './terminal.js';

/** The option that {@link withApplication} knows. */
export const APPLICATION_OPTIONS = { export: { type: 'string' } } as const;

export const APPLICATION_HELP = `The file is the one that holds the root module of the application, built: its default export,
or the class whose name ends in AppModule or Module. Where the module is made by a static
method, export what that returns: export default AppModule.forRoot(). The application is started
without HTTP, with everything that its modules do at the start, and closed at the end.

  --export <name>   the export that is the root module`;

/**
 * Starts the application of the file that the command was given, does some work with one of its providers, and closes it.
 *
 * @throws CommandError when it cannot be started, has no SessionModule, or the work fails
 */
export async function withApplication<T, R>(
  { positionals, options }: Invocation,
  token: InjectionToken<T>,
  terminal: Terminal,
  work: (provider: T) => Promise<R> | R,
): Promise<R> {
  const [path, ...others] = positionals;
  if (path === undefined || others.length > 0) {
    throw new UsageError('Name one file, that of the root module of the application, e.g. dist/app.module.js.');
  }
  const app = await start(path, options.export as string | undefined, terminal);
  try {
    return await work(find(app, token));
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(messageOf(error), { cause: error });
  } finally {
    await app.close();
  }
}

async function start(
  path: string,
  exportName: string | undefined,
  terminal: Terminal,
): Promise<INestApplicationContext> {
  const module = await importApplicationModule(path, exportName);
  const logger = new StandardErrorLogger(terminal);
  try {
    return await NestFactory.createApplicationContext(module, { logger, abortOnError: false });
  } catch (cause) {
    throw new CommandError(`The application does not start: ${messageOf(cause)}`, { cause });
  }
}

function find<T>(app: INestApplicationContext, token: InjectionToken<T>): T {
  try {
    return app.get<T>(token, { strict: false });
  } catch (cause) {
    throw new CommandError(
      'The application has no SessionModule. Where a static method of the root module imports it, export what that method ' +
        'returns, and name the export by --export.',
      { cause },
    );
  }
}

/** Keeps the output free for what the command has to say. */
class StandardErrorLogger implements LoggerService {
  constructor(private readonly terminal: Terminal) {}

  log(): void {}

  /** What is said of the settings at each start is for `check` to say. */
  warn(message: unknown): void {
    if (!isDeployWarning(message)) this.#write('warning', message);
  }

  error(message: unknown, ...details: unknown[]): void {
    // What keeps the application from starting is thrown as well.
    if (details.at(-1) !== 'ExceptionHandler') this.#write('error', message);
  }

  #write(level: string, message: unknown): void {
    void writeLine(this.terminal.errors, `${level}: ${messageOf(message)}`);
  }
}
