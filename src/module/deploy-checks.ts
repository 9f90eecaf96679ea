import type { ResolvedOptions } from './session-options.js';

/** What `manage.py check --deploy` of Django says of sessions: settings that are unsafe in production, each with its cure. */
export function deployWarnings(options: ResolvedOptions): string[] {
  const warnings: string[] = [];
  if (options.cookieSecure === false) {
    warnings.push(
      'cookieSecure is false: the session cookie travels over plain HTTP, where anyone on the way can take it. Set it to true.',
    );
  }
  if (options.cookieSecure === 'auto') {
    warnings.push(
      "cookieSecure is 'auto': a request that arrives over plain HTTP gets a cookie that does too. Serve HTTPS only and set it to true.",
    );
  }
  if (!options.cookieHttpOnly) {
    warnings.push(
      'cookieHttpOnly is false: a script injected into a page can take the session cookie. Set it to true.',
    );
  }
  return warnings;
}
