import type { HttpServer } from '@nestjs/common';
import { SessionNotLoadedError } from '../errors/index.js';
import { SharedByCopies } from '../shared-by-copies.js';
import { attachToExpress } from './attach-to-express.js';
import { attachToFastify } from './attach-to-fastify.js';
import { Exchange } from './exchange.js';
import { EXCHANGE, HeaderOnly, type RawRequest, REQUEST, RequestMessages } from './http-messages.js';
import type { HttpSettings } from './http-settings.js';
import { handshakeCookie, requestIn, type WebSocketClient, webSocketIn } from './request-in.js';
import { requestProperties } from './request-properties.js';

/** On the application of an adapter: the {@link SessionHttp} that serves it. */
const SERVER = Symbol.for('nest-sessions:http');

type Server = { [SERVER]?: SessionHttp };

/** Joins the module to the adapter of an application, and finds the exchange that belongs to a request. */
@SharedByCopies('SessionHttp')
export class SessionHttp {
  constructor(private readonly settings: HttpSettings) {}

  /** Makes sessions reachable from every request of an application, also outside its routes. */
  attach(adapter: HttpServer): void {
    const { expressCompat, saveEveryRequest } = this.settings;
    (adapter.getInstance() as Server)[SERVER] = this;
    const attachTo = adapter.getType() === 'fastify' ? attachToFastify : attachToExpress;
    attachTo(
      adapter,
      requestProperties((request) => this.exchange(request), expressCompat),
      expressCompat || saveEveryRequest ? (request, next) => this.#begin(request, next) : undefined,
    );
  }

  /**
   * The exchange of a request, raw or not, or of the request in an execution context. Each message of a gateway has one of
   * its own, so that a session which has ended meanwhile is not read any more.
   */
  exchange(source: unknown): Exchange {
    const client = webSocketIn(source);
    if (client) return this.detached(handshakeCookie(client));
    const request = requestIn(source);
    return (request[EXCHANGE] ??= new Exchange(new RequestMessages(request), this.settings));
  }

  /** An exchange without a response, for what is only known by its Cookie header. */
  detached(cookieHeader: string | undefined): Exchange {
    return new Exchange(new HeaderOnly(cookieHeader), this.settings);
  }

  /** {@link exchange} for a decorator, which cannot inject anything. */
  static exchange(source: unknown): Exchange {
    const client: (WebSocketClient & Server) | undefined = webSocketIn(source);
    const request = client ? undefined : requestIn(source);
    const exchange = request?.[EXCHANGE];
    if (exchange) return exchange;
    const server: Server | undefined = client ?? request?.app ?? request?.[REQUEST]?.server;
    if (!server?.[SERVER]) {
      throw new SessionNotLoadedError(
        'No SessionModule serves this request. Import SessionModule.forRoot({ ... }) in the root module.',
      );
    }
    return server[SERVER].exchange(source);
  }

  /** Lets decorators find this for the client of a gateway, from which nothing else leads here. */
  serve(client: WebSocketClient): void {
    (client as Server)[SERVER] = this;
  }

  /** What must be done for each request, where an option demands it. */
  #begin(request: RawRequest, next: (error?: unknown) => void): void {
    const exchange = this.exchange(request);
    exchange.guard();
    if (!this.settings.expressCompat) return next();
    exchange.load().then(
      () => next(),
      (error: unknown) => next(error),
    );
  }
}
