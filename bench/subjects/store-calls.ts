import { createHook } from 'node:async_hooks';
import Database from 'libsql';

/** Requests to the file system, as Node's own functions make them: one for each call of the system. */
const FILE_REQUESTS = new Set(['FSREQCALLBACK', 'FSREQPROMISE', 'FILEHANDLECLOSEREQ']);

/**
 * Counts from now on what this process asks of files and of SQLite, which are no servers behind a proxy. To be called
 * before a store is opened. Returns what gives the number since the last time.
 */
export function countStoreCalls(): () => number {
  let calls = 0;
  const count = (): number => calls++;
  createHook({ init: (_id, type) => FILE_REQUESTS.has(type) && count() }).enable();
  countStatements(count);
  return () => {
    const taken = calls;
    calls = 0;
    return taken;
  };
}

function countStatements(count: () => void): void {
  const { prepare } = Database.prototype;
  Database.prototype.prepare = function prepareCounted(this: Database.Database, sql: string) {
    const statement = prepare.call(this, sql) as unknown as Record<string, (...values: unknown[]) => unknown>;
    for (const method of ['get', 'all', 'run']) {
      const run = statement[method]!.bind(statement);
      statement[method] = (...values) => {
        count();
        return run(...values);
      };
    }
    return statement as never;
  };
}
