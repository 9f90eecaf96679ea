import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { Cookies, DjangoAuth, Session } from 'nest-sessions';
import type { DjangoUserRow } from './django.js';

/** The name of an operation and its parameters, e.g. `['set', 'a', 1]`. project/operations.py is the same for Django. */
export type Operation = readonly [name: keyof typeof operations, ...parameters: unknown[]];

/** The users that log in on this side, by name. */
export const USERS = Symbol('USERS');
export type Users = Map<string, DjangoUserRow>;

interface Tools {
  readonly session: Session;
  readonly cookies: Cookies;
  readonly auth: DjangoAuth;
  readonly users: Users;
}

const operations = {
  set: ({ session }: Tools, key: string, value: unknown) => void session.set(key, value),
  get: ({ session }: Tools, key: string) => session.get(key),
  pop: ({ session }: Tools, key: string) => session.pop(key),
  all: ({ session }: Tools) => session.toJSON(),
  clear: ({ session }: Tools) => session.clear(),
  flush: ({ session }: Tools) => session.flush(),
  cycle: ({ session }: Tools) => session.cycleKey(),
  expire: ({ session }: Tools, seconds: number | null) => session.setExpiry(seconds ?? undefined),
  expire_at: ({ session }: Tools, seconds: number) => session.setExpiry(new Date(Date.now() + seconds * 1000)),
  age: ({ session }: Tools) => session.getExpiryAge(),
  set_test_cookie: ({ session }: Tools) => session.setTestCookie(),
  test_cookie_worked: ({ session }: Tools) => session.testCookieWorked(),
  log_in: ({ session, auth, users }: Tools, name: string) => auth.logIn(session, users.get(name)!),
  log_out: ({ session }: Tools) => session.flush(),
  user: ({ session, auth, users }: Tools) => {
    const user = auth.user(session);
    const row = [...users.values()].find(({ id }) => String(id) === user?.id);
    return row && auth.verify(session, row.passwordHash) ? row.id : undefined;
  },
  cookies: ({ cookies }: Tools) => Object.fromEntries(cookies),
  set_cookie: ({ cookies }: Tools, name: string, value: string) => cookies.set(name, value),
  set_signed_cookie: ({ cookies }: Tools, name: string, value: string, salt: string) =>
    cookies.setSigned(name, value, { salt }),
  get_signed_cookie: ({ cookies }: Tools, name: string, salt: string) =>
    cookies.getSigned(name, { salt, default: null }),
  expiry_instant: ({ session }: Tools) => session.getExpiryDate().getTime(),
  // Only Django has messages.
  say: unknown,
  hear: unknown,
};

function unknown(): never {
  throw new Error('There is no such operation on this side.');
}

@Controller()
export class OperationsController {
  constructor(
    @Inject(DjangoAuth) private readonly auth: DjangoAuth,
    @Inject(USERS) private readonly users: Users,
  ) {}

  /** Does the operations in the body and answers with what they gave. */
  @Post('do')
  @HttpCode(200)
  async do(@Session() session: Session, @Cookies() cookies: Cookies, @Body() list: Operation[]): Promise<unknown[]> {
    const tools: Tools = { session, cookies, auth: this.auth, users: this.users };
    const results = [];
    for (const [name, ...parameters] of list) {
      const operation: (tools: Tools, ...parameters: never[]) => unknown = operations[name];
      results.push((await operation(tools, ...(parameters as never[]))) ?? null);
    }
    return results;
  }
}
