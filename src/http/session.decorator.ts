import { createParamDecorator, type ExecutionContext, UseInterceptors } from '@nestjs/common';
import type { SessionData } from '../session/session-data.js';
import type { Session as LoadedSession } from '../session/session.js';
import { SessionHttp } from './session-http.js';
import { SessionInterceptor, sendsEvents } from './session.interceptor.js';

/**
 * The session of the request, loaded; with a key, one value of it. Pipes work on both. What the handler changes is stored
 * before the response is sent.
 *
 * ```ts
 * @Post()
 * add(@Session() session: Session, @Session('userId') userId?: number) {}
 * ```
 *
 * As a type it is the session itself: `Session<CartData>` types the values for one place.
 */
export const Session = createParamDecorator(
  (key: string | undefined, context: ExecutionContext) => {
    const exchange = SessionHttp.exchange(context);
    const pick = (session: LoadedSession): unknown => (key === undefined ? session : session.get(key));
    // Not loaded where no interceptor ran, e.g. for the field resolvers of GraphQL; Nest awaits the promise.
    return exchange.isLoaded ? pick(exchange.session) : exchange.load().then(pick);
  },
  [bindInterceptor],
);

export type Session<T extends object = SessionData> = LoadedSession<T>;

/** In effect `@UseInterceptors(SessionInterceptor)` on the method, once. */
function bindInterceptor(target: object, method: string | symbol | undefined): void {
  if (method === undefined) return;
  // When all decorators of the method have run: one may have wrapped it, and one tells that it is a stream of events.
  queueMicrotask(() => {
    const descriptor = Object.getOwnPropertyDescriptor(target, method);
    if (!descriptor || bound.has(descriptor.value) || sendsEvents(descriptor.value)) return;
    bound.add(descriptor.value);
    UseInterceptors(SessionInterceptor)(target, method, descriptor);
  });
}

const bound = new WeakSet<object>();
