import type { HttpServer, RequestMethod } from '@nestjs/common';
import type { ServerResponse } from 'node:http';
import { SessionNotLoadedError } from '../errors/index.js';
import { Exchange } from './exchange.js';
import {
  EXCHANGE,
  type FastifyRequest,
  HeaderOnly,
  type RawRequest,
  REQUEST,
  RequestMessages,
  RESPONSE,
} from './http-messages.js';
import type { HttpSettings } from './http-settings.js';
import { handshakeCookie, requestIn, type WebSocketClient, webSocketIn } from './request-in.js';

/** On the application of an adapter: the {@link SessionHttp} that serves it. */
const SERVER = Symbol.for('nest-sessions:http');

type Server = { [SERVER]?: SessionHttp };

interface FastifyInstance extends Server {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, property: object): void;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: { readonly raw: ServerResponse }, done: (error?: unknown) => void) => void,
  ): void;
}

interface ExpressApplication extends Server {
  readonly request: object;
}

/** Joins the module to the adapter of an application, and finds the exchange that belongs to a request. */
export class SessionHttp {
  constructor(private readonly settings: HttpSettings) {}

  /** Makes sessions reachable from every request of an application, also outside its routes. */
  attach(adapter: HttpServer): void {
    (adapter.getInstance() as Server)[SERVER] = this;
    if (adapter.getType() === 'fastify') this.#attachToFastify(adapter);
    else this.#attachToExpress(adapter);
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
    if (request?.[EXCHANGE]) return request[EXCHANGE];
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

  /** Through the prototype of all requests, which costs a request nothing. */
  #attachToExpress(adapter: HttpServer): void {
    const { request: prototype } = adapter.getInstance() as ExpressApplication;
    Object.defineProperty(prototype, 'session', { configurable: true, ...this.#sessionProperty() });
    const { expressCompat, saveEveryRequest } = this.settings;
    if (expressCompat)
      Object.defineProperty(prototype, 'sessionID', { configurable: true, ...this.#sessionIdProperty() });
    if (!expressCompat && !saveEveryRequest) return;
    adapter.use((request: RawRequest, _response: ServerResponse, next: (error?: unknown) => void) =>
      this.#begin(request, next),
    );
  }

  /** What must be done for each request, where an option demands it. */
  #begin(request: RawRequest, next: (error?: unknown) => void): void {
    const { expressCompat, saveEveryRequest } = this.settings;
    if (!expressCompat && !saveEveryRequest) return next();
    const exchange = this.exchange(request);
    exchange.guard();
    if (!expressCompat) return next();
    exchange.load().then(
      () => next(),
      (error: unknown) => next(error),
    );
  }

  #attachToFastify(adapter: HttpServer): void {
    const application = adapter.getInstance() as FastifyInstance;
    const { get: getter, set: setter } = this.#sessionProperty();
    if (!application.hasRequestDecorator('session')) application.decorateRequest('session', { getter, setter });
    if (this.settings.expressCompat)
      application.decorateRequest('sessionID', { getter: this.#sessionIdProperty().get });
    application.addHook('onRequest', (request, reply, done) => {
      const { raw } = request;
      raw[REQUEST] = request;
      raw[RESPONSE] = reply.raw;
      // Middleware of main.ts has run by now, and nothing could lead it to the response.
      raw[EXCHANGE]?.guard();
      this.#begin(raw, done);
    });
    this.#runAheadOfMiddleware(adapter);
  }

  /**
   * Middleware under Fastify gets Node's own request, from which nothing leads to the response, and runs ahead of hooks. So
   * a middleware of our own goes first, but only in an application that has others: any at all slows down all requests.
   */
  #runAheadOfMiddleware(adapter: HttpServer): void {
    const createMiddlewareFactory = adapter.createMiddlewareFactory.bind(adapter);
    adapter.createMiddlewareFactory = (method: RequestMethod) => {
      adapter.createMiddlewareFactory = createMiddlewareFactory;
      adapter.use((request: RawRequest, response: ServerResponse, next: (error?: unknown) => void) => {
        request[RESPONSE] = response;
        this.#begin(request, next);
      });
      return createMiddlewareFactory(method);
    };
  }

  /** `request.session` for Nest's own `@Session()` and for middleware; gives way to a library that sets its own. */
  #sessionProperty(): { get(this: object): unknown; set(this: object, session: unknown): void } {
    const exchangeOf = (request: object): Exchange => this.exchange(request);
    return {
      get() {
        return exchangeOf(this).requestSession;
      },
      set(session) {
        Object.defineProperty(this, 'session', {
          value: session,
          configurable: true,
          writable: true,
          enumerable: true,
        });
      },
    };
  }

  #sessionIdProperty(): { get(this: object): unknown } {
    const exchangeOf = (request: object): Exchange => this.exchange(request);
    return {
      get() {
        return exchangeOf(this).sessionId;
      },
    };
  }
}
