import { deployFindings } from '../module/deploy-checks.js';
import type { ResolvedOptions } from '../module/session-options.js';
import { RESOLVED_OPTIONS } from '../module/tokens.js';
import type { Command } from './command.js';
import { writeLine } from './terminal.js';
import { APPLICATION_HELP, APPLICATION_OPTIONS, withApplication } from './with-application.js';

/** Django's `manage.py check --deploy`, for sessions. */
export const check: Command = {
  summary: 'find settings of SessionModule that are unsafe in production',
  help: `Usage: nest-sessions check <file> [--export <name>] [--silence <option>]...

Says which settings of SessionModule are unsafe in production, why, and what to do. Each begins with
the option that it is about. The exit code is 1 when there are any. Run it with the environment
of production, NODE_ENV=production included.

  --silence <option>   leave out what is said of this option; may be given again

${APPLICATION_HELP}`,
  options: { ...APPLICATION_OPTIONS, silence: { type: 'string', multiple: true } },

  async run(invocation, terminal) {
    const silenced = (invocation.options.silence ?? []) as string[];
    const findings = await withApplication<ResolvedOptions, ReturnType<typeof deployFindings>>(
      invocation,
      RESOLVED_OPTIONS,
      terminal,
      deployFindings,
    );
    const said = findings.filter(({ option }) => !silenced.includes(option));
    for (const { message } of said) await writeLine(terminal.output, `- ${message}`);
    const count = said.length === 0 ? 'Nothing' : String(said.length);
    const left = findings.length - said.length;
    await writeLine(terminal.output, `${count} found${left > 0 ? `, ${left} silenced` : ''}.`);
    return said.length === 0 ? 0 : 1;
  },
};
