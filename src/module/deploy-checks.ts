import { weaknessOf } from '../signing/index.js';
import { SECRET_CURE } from './check-secret.js';
import { isCookieEngineName } from './create-cookie-engine.js';
import type { ResolvedOptions, SessionModuleOptions } from './session-options.js';

/** A setting that is unsafe in production. */
export interface DeployFinding {
  readonly option: keyof SessionModuleOptions;
  /** What is wrong, what may come of it, and what to do. */
  readonly message: string;
}

interface DeployCheck extends DeployFinding {
  /** Whether the log says it at every start in production. */
  readonly isUrgent?: boolean;
  finds(options: ResolvedOptions): boolean;
}

const DAY = 24 * 60 * 60;
const LONGEST_COOKIE_AGE = 30 * DAY;
const LONGEST_THAT_BROWSERS_KEEP = 400 * DAY;

const CHECKS: readonly DeployCheck[] = [
  {
    option: 'secret',
    message:
      'secret is short, well known or far too regular: whoever guesses it can make sessions, so with NODE_ENV=production the ' +
      `application does not start. ${SECRET_CURE}`,
    finds: ({ secret }) => weaknessOf(secret) !== undefined,
  },
  {
    option: 'secretFallbacks',
    message:
      'secretFallbacks holds a secret that can be guessed, and whoever does can make sessions. Remove it, which ends the ' +
      'sessions that it signed.',
    isUrgent: true,
    finds: ({ secretFallbacks }) => secretFallbacks.some((secret) => weaknessOf(secret) !== undefined),
  },
  {
    option: 'cookieSecure',
    message:
      'cookieSecure is false: the session cookie travels over plain HTTP, where anyone on the way can take it. Set it to true.',
    isUrgent: true,
    finds: ({ cookieSecure }) => cookieSecure === false,
  },
  {
    option: 'cookieSecure',
    message:
      "cookieSecure is 'auto': a request that arrives over plain HTTP gets a cookie that does too. Serve HTTPS only and set it to true.",
    isUrgent: true,
    finds: ({ cookieSecure }) => cookieSecure === 'auto',
  },
  {
    option: 'cookieHttpOnly',
    message: 'cookieHttpOnly is false: a script injected into a page can take the session cookie. Set it to true.',
    isUrgent: true,
    finds: ({ cookieHttpOnly }) => !cookieHttpOnly,
  },
  {
    option: 'cookieSameSite',
    message:
      "cookieSameSite is 'none': requests that other sites cause act in the user's name. Set it to 'lax', or check where " +
      'each request that changes something comes from.',
    finds: ({ cookieSameSite }) => cookieSameSite === 'none',
  },
  {
    option: 'cookieSameSite',
    message:
      "cookieSameSite is false: whether requests that other sites cause act in the user's name is left to the browser. " +
      "Set it to 'lax'.",
    finds: ({ cookieSameSite }) => cookieSameSite === false,
  },
  {
    option: 'cookieName',
    message:
      'cookieName does not begin with "__Host-": another subdomain, or anyone on the way of a plain HTTP request, can give ' +
      'a browser a session cookie of their choice. Begin it so, which needs cookieSecure: true.',
    finds: ({ cookieName, cookieDomain, cookiePath }) =>
      cookieDomain === undefined && cookiePath === '/' && !/^__host-/i.test(cookieName),
  },
  {
    option: 'cookieDomain',
    message:
      'cookieDomain is set: every host below that domain gets the session cookie and can set it. Leave it out, unless all of ' +
      'them are yours and need it.',
    finds: ({ cookieDomain }) => cookieDomain !== undefined,
  },
  {
    option: 'cookieAge',
    message:
      'cookieAge is more than 30 days, for which a stolen cookie can be used, and beyond 400 days browsers drop it anyway. ' +
      'Shorten it, and let those who want stay longer with setExpiry.',
    finds: ({ cookieAge }) => cookieAge > LONGEST_COOKIE_AGE,
  },
  {
    option: 'absoluteAge',
    message:
      'absoluteAge is missing: a session that is used again and again never ends, nor does one that was stolen. Set it to the ' +
      'longest that a user may stay logged in, e.g. 30 * 24 * 60 * 60.',
    finds: ({ absoluteAge }) => absoluteAge === undefined,
  },
  {
    option: 'hashKeys',
    message:
      'hashKeys is false: whoever reads the store, or a backup of it, can use every session in it. Set it to true; those who ' +
      'are logged in now must log in again.',
    // Django looks sessions up by the key itself.
    finds: ({ hashKeys, engine, interop }) => !hashKeys && !interop && !isCookieEngineName(engine),
  },
  {
    option: 'pruneInterval',
    message:
      'pruneInterval is false: expired sessions stay in the store until something else removes them. Run `nest-sessions ' +
      'clear-expired` every day, or set the option.',
    finds: ({ pruneInterval, engine }) =>
      pruneInterval === false && ['db', 'cached_db', 'file'].includes(engine as string),
  },
  {
    option: 'filePath',
    message:
      "filePath is missing, so sessions are in the system's temporary folder, where other users of the machine can keep them " +
      'from being changed or ended, and which may be emptied. Set it to a folder of its own with mode 0700.',
    finds: ({ engine, filePath }) => engine === 'file' && filePath === undefined,
  },
  {
    option: 'cache',
    message:
      'cache is missing, so sessions are in the memory of this process: a restart ends them, other processes do not know ' +
      'them, and nothing limits how many there are. Set it to a Keyv on Redis or Valkey.',
    finds: ({ engine, cache }) => engine === 'cache' && cache === undefined,
  },
  {
    option: 'cache',
    message:
      'cache is missing, so each process keeps copies for itself: a session that was logged out in one can be used in ' +
      'another for up to 60 seconds. Set it to a Keyv on Redis or Valkey.',
    finds: ({ engine, cache }) => engine === 'cached_db' && cache === undefined,
  },
];

/** What `manage.py check --deploy` of Django says of sessions, and more: settings that are unsafe in production, each with its cure. */
export function deployFindings(options: ResolvedOptions): DeployFinding[] {
  return findingsOf(CHECKS, options);
}

/** What the log should say at the start of an application: in production what is urgent, while developing what will be refused there. */
export function startWarnings(options: ResolvedOptions, environment = process.env.NODE_ENV): string[] {
  const { cookieAge } = options;
  const mistakes = cookieAge > LONGEST_THAT_BROWSERS_KEEP && cookieAge % 1000 === 0 ? [inMilliseconds(cookieAge)] : [];
  return [...mistakes, ...deployWarnings(options, environment)];
}

/** Whether the log says it at the start of an application because of what `nest-sessions check` finds. */
export function isDeployWarning(message: unknown): boolean {
  return CHECKS.some((check) => check.message === message);
}

function deployWarnings(options: ResolvedOptions, environment: string | undefined): string[] {
  if (environment === 'test') return [];
  const isProduction = environment === 'production';
  const checks = CHECKS.filter(({ option, isUrgent }) => (isProduction ? isUrgent : option === 'secret'));
  return findingsOf(checks, options).map(({ message }) => message);
}

function inMilliseconds(cookieAge: number): string {
  return (
    `cookieAge is in seconds, and ${cookieAge} of them are ${Math.round(cookieAge / (365 * DAY))} years: browsers keep a ` +
    `cookie for 400 days at most. Write ${cookieAge / 1000} if milliseconds were meant.`
  );
}

function findingsOf(checks: readonly DeployCheck[], options: ResolvedOptions): DeployFinding[] {
  return checks.filter((check) => check.finds(options)).map(({ option, message }) => ({ option, message }));
}
