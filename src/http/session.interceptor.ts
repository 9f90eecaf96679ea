import { type CallHandler, type ExecutionContext, Inject, Injectable, type NestInterceptor } from '@nestjs/common';
import { Observable } from 'rxjs';
import { SharedByCopies } from '../shared-by-copies.js';
import type { Exchange } from './exchange.js';
import { webSocketIn } from './request-in.js';
import { SessionHttp } from './session-http.js';

/**
 * Loads the session before a handler and stores it after, before anything is sent, so that a failing store is an error
 * that exception filters see. `@Session()` binds it to its handler; bind it yourself (`@UseInterceptors`) only where a
 * handler works on the session through {@link SessionService} alone.
 */
@SharedByCopies('SessionInterceptor')
@Injectable()
export class SessionInterceptor implements NestInterceptor {
  /** @hidden */
  constructor(@Inject(SessionHttp) private readonly http: SessionHttp) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const client = webSocketIn(context);
    if (client) {
      // Each message reads the session for itself, and only `save()` stores it.
      this.http.serve(client);
      return next.handle();
    }
    const exchange = this.http.exchange(context);
    await exchange.load();
    const result = next.handle();
    // Of the root fields of one GraphQL request none may save before the others have run; the response waits for that.
    if (context.getType<string>() === 'graphql') return result;
    return sendsEvents(context.getHandler()) ? result : committedBeforeCompletion(result, exchange);
  }
}

/**
 * Whether a handler sends server-sent events: its Observable is the response and may never complete. An interceptor does it
 * no good, since with one Nest no longer waits for the handler before it sends the head.
 */
export function sendsEvents(handler: object): boolean {
  return Reflect.hasMetadata('__sse__', handler);
}

/** Passes on what the handler gives and completes once the session is stored, however many values there are. */
function committedBeforeCompletion(result: Observable<unknown>, exchange: Exchange): Observable<unknown> {
  return new Observable((subscriber) =>
    result.subscribe({
      next: (value) => subscriber.next(value),
      error: (error: unknown) => subscriber.error(error),
      complete: () => {
        try {
          const committed = exchange.commit();
          if (!committed) return subscriber.complete();
          committed.then(
            () => subscriber.complete(),
            (error: unknown) => subscriber.error(error),
          );
        } catch (error) {
          subscriber.error(error);
        }
      },
    }),
  );
}
