import type { SessionManager } from '../session/session-manager.js';
import { SESSION_MANAGER } from '../module/tokens.js';
import type { Command } from './command.js';
import { writeLine } from './terminal.js';
import { APPLICATION_HELP, APPLICATION_OPTIONS, withApplication } from './with-application.js';

/** Django's `manage.py clearsessions`. */
export const clearExpired: Command = {
  summary: 'delete expired sessions from the store of an application',
  help: `Usage: nest-sessions clear-expired <file> [--export <name>]

Deletes all expired sessions, 1000 at a time, and says how many there were. May run at any time,
and several times at once. For an application that has pruneInterval: false, run it every day.

${APPLICATION_HELP}`,
  options: APPLICATION_OPTIONS,

  async run(invocation, terminal) {
    // Found by its token, which is the same in every copy of this package, as a class is not.
    const count = await withApplication<SessionManager, number>(invocation, SESSION_MANAGER, terminal, (sessions) =>
      sessions.clearExpired(),
    );
    await writeLine(terminal.output, `${count} expired ${count === 1 ? 'session' : 'sessions'} deleted`);
    return 0;
  },
};
