/** Injection tokens of the module's own parts. By `Symbol.for`, so that two copies of the package in one process meet. */
export const RESOLVED_OPTIONS = Symbol.for('nest-sessions:resolved-options');
export const SESSION_MANAGER = Symbol.for('nest-sessions:manager');
export const USER_SESSIONS = Symbol.for('nest-sessions:user-sessions');
export const SESSION_LOG = Symbol.for('nest-sessions:log');
/** The clock of everything in the module. Tests override it. */
export const SESSION_CLOCK = Symbol.for('nest-sessions:clock');
