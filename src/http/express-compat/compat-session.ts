import { assertJsonValue } from '../../session/json-value.js';
import { Session } from '../../session/session.js';
import type { CompatCookie } from './compat-cookie.js';

type Callback = (error?: unknown) => void;

/** What a session in the manner of express-session asks of the request that it belongs to. */
export interface CompatRequest {
  readonly session: Session;
  readonly cookie: CompatCookie;
  /** The key of the session, kept ready for one that is not stored yet. */
  readonly id: string;
  /** Gives `req.session` another face from now on, or none. */
  replace(hasSession: boolean): void;
  /** Reads the session again from the store. */
  reload(): Promise<void>;
}

/**
 * `req.session` as express-session has it, over a session of this package: data are properties, and `regenerate`, `save`,
 * `destroy`, `reload` and `touch` take callbacks. The methods of {@link Session} work on it as well; data of the same name
 * as one of these is reached by `get` and `set`. Only `flash` is data here, because connect-flash keeps its messages there.
 */
export function compatSession(request: CompatRequest): object {
  const { session } = request;
  /** Once there is a new session, the old object keeps what it held, as Passport expects. */
  let past: ReadonlyMap<string, unknown> | undefined;

  const endure = async (work: Promise<void>, hasSession: boolean): Promise<void> => {
    await work;
    request.replace(hasSession);
  };
  const methods: Record<string, unknown> = {
    regenerate: (done?: Callback) => {
      past = new Map(session.entries());
      return report(endure(session.flush(), true), done);
    },
    destroy: (done?: Callback) => {
      past = new Map(session.entries());
      return report(endure(session.flush(), false), done);
    },
    save: (done?: Callback) => report(session.save(), done),
    reload: (done?: Callback) => report(endure(request.reload(), true), done),
    touch: () => proxy,
    resetMaxAge: () => proxy,
  };
  const store = (name: string, value: unknown): void => {
    const storable = asJson(name, value);
    if (storable === undefined) session.delete(name as never);
    else session.set(name as never, storable as never);
  };
  const read = (name: string): unknown => (past ? past.get(name) : session.get(name as never));

  const proxy: object = new Proxy(Object.create(Session.prototype) as object, {
    get(_target, name) {
      if (name === 'then') return undefined;
      if (name === 'id') return request.id;
      if (name === 'cookie') return request.cookie;
      if (Object.hasOwn(methods, name)) return methods[name as string];
      if (typeof name === 'string' && !isMember(name)) return read(name);
      const member: unknown = Reflect.get(session, name, session);
      return typeof member === 'function' ? member.bind(session) : member;
    },
    set(_target, name, value) {
      if (typeof name === 'symbol' || past) return false;
      if (name === 'cookie') Object.assign(request.cookie, value);
      else if (isMember(name)) return Reflect.set(session, name, value, session);
      else store(name, value);
      return true;
    },
    deleteProperty(_target, name) {
      if (typeof name === 'string' && !past) session.delete(name as never);
      return true;
    },
    has(_target, name) {
      if (typeof name === 'symbol') return Reflect.has(session, name);
      return name in methods || name === 'id' || name === 'cookie' || isMember(name) || read(name) !== undefined;
    },
    ownKeys: () => ['cookie', ...(past ?? session).keys()],
    getOwnPropertyDescriptor(_target, name) {
      const value = name === 'cookie' ? request.cookie : typeof name === 'string' ? read(name) : undefined;
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
    },
  });
  return proxy;
}

/** What JSON makes of a value, as the stores of express-session do: a Date becomes a text. */
function asJson(name: string, value: unknown): unknown {
  if (value === undefined) return undefined;
  try {
    assertJsonValue(name, value);
    return value;
  } catch (error) {
    const text = toJson(value);
    if (text === undefined) throw error;
    return JSON.parse(text);
  }
}

/** Undefined for what JSON has no text for, e.g. a function or a cycle. */
function toJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/**
 * Whether a name is a method's rather than an entry's. `flash` is what connect-flash makes of it, and `__proto__` is data:
 * nobody gets at the class of all sessions by a name that a client chose.
 */
function isMember(name: string): boolean {
  return !['flash', '__proto__'].includes(name) && name in Session.prototype;
}

/** Tells a callback in the manner of Node; without one the promise itself is the answer. */
function report(work: Promise<void>, done: Callback | undefined): Promise<void> | void {
  if (!done) return work;
  // What the callback throws is its own affair, not a rejection of this promise.
  work.then(
    () => queueMicrotask(() => done()),
    (error: unknown) => queueMicrotask(() => done(error)),
  );
}
