import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { CookieJar } from '../cookies/index.js';
import { SessionHttp } from './session-http.js';

/**
 * The cookies of the request and its response; with a name, the value of one, or undefined when there is none. Pipes work
 * on both.
 *
 * ```ts
 * @Get('theme')
 * theme(@Cookies('theme') theme: string | undefined, @Cookies() cookies: Cookies) {}
 * ```
 */
export const Cookies = createParamDecorator((name: string | undefined, context: ExecutionContext) => {
  const { jar } = SessionHttp.exchange(context);
  return name === undefined ? jar : jar.get(name);
});

export type Cookies = CookieJar;
