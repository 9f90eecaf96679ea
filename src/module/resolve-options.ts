import { serializeCookie } from '../cookies/index.js';
import { SessionOptionsError } from '../errors/index.js';
import { systemClock } from '../session/clock.js';
import { checkInterop } from './check-interop.js';
import { checkSecret, SECRET_CURE } from './check-secret.js';
import { cookieAttributes } from './cookie-attributes.js';
import { checkImporters, isImportFrom } from './importers-of.js';
import { ENGINE_NAMES, type ResolvedOptions, type SessionModuleOptions } from './session-options.js';

const DEFAULTS: Omit<ResolvedOptions, 'secret'> = {
  engine: 'db',
  secretFallbacks: [],
  cookieName: 'sessionid',
  cookiePath: '/',
  cookieAge: 1209600,
  cookieSecure: 'auto',
  cookieHttpOnly: true,
  cookieSameSite: 'lax',
  cookiePartitioned: false,
  expireAtBrowserClose: false,
  saveEveryRequest: false,
  touchAfter: 0,
  hashKeys: true,
  expressCompat: false,
  pruneInterval: 3600,
  cookieQuoting: 'percent',
  signedCookieFormat: 'v2',
  keySalt: 'django.contrib.sessions.SessionStore',
};

type Check = readonly [holds: (value: unknown) => boolean, cure: string];

const isText: Check = [(value) => typeof value === 'string' && value !== '', 'Give a text that is not empty.'];
const isFlag: Check = [(value) => typeof value === 'boolean', 'Give true or false.'];
const isSeconds: Check = [
  (value) => Number.isFinite(value) && Number(value) >= 0,
  'Give a number of seconds, 0 or more, e.g. 14 * 24 * 60 * 60 for two weeks.',
];
const isSecret: Check = [
  (value) => (typeof value === 'string' || value instanceof Uint8Array) && value.length > 0,
  SECRET_CURE,
];
const isAnything: Check = [() => true, ''];

const CHECKS: Record<keyof Required<SessionModuleOptions>, Check> = {
  engine: [
    (value) => value !== null && value !== '' && !['number', 'boolean'].includes(typeof value),
    `Give one of ${ENGINE_NAMES.map((name) => `'${name}'`).join(', ')}, or an engine of your own as class, instance or injection token.`,
  ],
  secret: isSecret,
  secretFallbacks: [(value) => Array.isArray(value) && value.every(isSecret[0]), 'Give an array of former secrets.'],
  cookieName: isText,
  cookieDomain: isText,
  cookiePath: [(value) => typeof value === 'string' && value.startsWith('/'), "Give a path that begins with '/'."],
  cookieAge: isSeconds,
  cookieSecure: [(value) => typeof value === 'boolean' || value === 'auto', "Give true, false or 'auto'."],
  cookieHttpOnly: isFlag,
  cookieSameSite: oneOf('lax', 'strict', 'none', false),
  cookiePartitioned: isFlag,
  cookiePriority: oneOf('low', 'medium', 'high'),
  expireAtBrowserClose: isFlag,
  saveEveryRequest: isFlag,
  touchAfter: isSeconds,
  absoluteAge: [isPositive, 'Give a number of seconds above 0, e.g. 12 * 60 * 60, or leave it out.'],
  userKey: isText,
  serializer: [isSerializer, 'Give an object with the methods dumps(value): string and loads(text): unknown.'],
  dataSource: isAnything,
  entity: [(value) => typeof value === 'function', 'Give an entity class that extends BaseSession.'],
  cache: [
    (value) => value !== null && typeof value !== 'number',
    'Give a cache-manager Cache, a Keyv, or an injection token such as CACHE_MANAGER.',
  ],
  filePath: isText,
  hashKeys: isFlag,
  expressCompat: isFlag,
  pruneInterval: [(value) => value === false || isPositive(value), 'Give a number of seconds above 0, or false.'],
  cookieQuoting: oneOf('percent', 'python'),
  signedCookieFormat: oneOf('v2', 'legacy'),
  keySalt: isText,
  importFrom: [
    isImportFrom,
    'Give what importExpressSession({ ... }), importCookieSession({ ... }) or importIronSession({ ... }) returns, or several ' +
      'of them in an array.',
  ],
  interop: [
    (value) => typeof value === 'object' && value !== null && 'integerExpiry' in value,
    'Spread what djangoInterop({ ... }) returns into the options, and leave this one out.',
  ],
};

/**
 * Fills in the defaults and checks every option.
 *
 * @throws SessionOptionsError naming the option, its value (never a secret) and the cure
 */
export function resolveOptions(options: SessionModuleOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) {
    throw new SessionOptionsError(
      'SessionModule needs options: SessionModule.forRoot({ secret: process.env.SECRET_KEY }).',
    );
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  if (!('secret' in options) || options.secret === undefined) refuse('secret', 'missing', isSecret[1]);
  for (const [name, value] of given) {
    const check = Object.hasOwn(CHECKS, name) ? CHECKS[name as keyof SessionModuleOptions] : undefined;
    if (!check) throw new SessionOptionsError(`SessionModule knows no option "${name}".${suggest(name)}`);
    if (!check[0](value)) refuse(name, show(name, value), check[1]);
  }
  const resolved = Object.freeze({ ...DEFAULTS, ...Object.fromEntries(given) }) as ResolvedOptions;
  checkSecret('The option "secret" of SessionModule', resolved.secret);
  checkCookie(resolved);
  checkInterop(resolved);
  checkImporters(resolved);
  if (resolved.touchAfter > 0 && !resolved.saveEveryRequest) {
    refuse(
      'touchAfter',
      String(resolved.touchAfter),
      'It thins out saveEveryRequest, so set saveEveryRequest: true too, or leave it out.',
    );
  }
  return resolved;
}

/** The rules of browsers for the cookie as a whole: prefixes, SameSite=None, Partitioned. */
function checkCookie(options: ResolvedOptions): void {
  const attributes = cookieAttributes(options)(() => false);
  try {
    serializeCookie(options.cookieName, '', attributes, { quoting: 'percent', clock: systemClock });
  } catch (error) {
    throw new SessionOptionsError(`The session cookie would not be kept by browsers. ${(error as Error).message}`);
  }
}

function oneOf(...choices: unknown[]): Check {
  return [
    (value) => choices.includes(value),
    `Give one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}.`,
  ];
}

function isPositive(value: unknown): boolean {
  return isSeconds[0](value) && Number(value) > 0;
}

function isSerializer(value: unknown): boolean {
  const { dumps, loads } = Object(value) as Record<string, unknown>;
  return typeof dumps === 'function' && typeof loads === 'function';
}

function refuse(name: string, value: string, cure: string): never {
  throw new SessionOptionsError(`The option "${name}" of SessionModule is ${value}. ${cure}`);
}

function show(name: string, value: unknown): string {
  if (value === '') return 'empty';
  if (name.startsWith('secret')) return 'not usable as a secret';
  return typeof value === 'string'
    ? JSON.stringify(value)
    : typeof value === 'object'
      ? 'an object that does not fit'
      : String(value);
}

/** A hint for a name in Django's spelling, or one that differs in case only. */
function suggest(name: string): string {
  const squeezed = name
    .toLowerCase()
    .replace(/^session_?/, '')
    .replaceAll('_', '');
  const known = Object.keys(CHECKS).find((option) => option.toLowerCase() === squeezed);
  return known ? ` Did you mean "${known}"?` : ` It knows ${Object.keys(CHECKS).join(', ')}.`;
}
