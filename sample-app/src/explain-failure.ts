import { SessionOptionsError } from 'nest-sessions';
import { ConfigurationError } from './configuration/configuration.error.js';

/** Why the start failed, in a line for those who can do something about it; of what nobody foresaw, everything known. */
export function explainFailure(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof SessionOptionsError) return error.message;
  // A host with several addresses: each was tried, and failed alike.
  if (error instanceof AggregateError) return explainFailure(error.errors[0]);
  const { code, port, message, stack } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE') return `Port ${port} is in use already. Set PORT to another one.`;
  if (code === undefined) return stack ?? String(error);
  return message.includes(code) ? message : `${code}: ${message}`;
}
