import type { ArgumentsHost, HttpServer } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { SessionNotLoadedError } from '../errors/index.js';
import { Exchange, type HttpMessages } from './exchange.js';
import type { HttpSettings } from './http-settings.js';

/** On a raw request: its exchange, once the session or a cookie was used. */
const EXCHANGE = Symbol.for('nest-sessions:exchange');
/** On a raw request under Fastify: the reply, which is all that leads back from there. */
const REPLY = Symbol.for('nest-sessions:reply');
/** On the application of an adapter: the {@link SessionHttp} that serves it. */
const SERVER = Symbol.for('nest-sessions:http');

type Server = { [SERVER]?: SessionHttp };

/** Node's own request; Express' is the same object with more on it. */
type RawRequest = IncomingMessage & {
  [EXCHANGE]?: Exchange;
  [REPLY]?: FastifyReply;
  res?: ServerResponse;
  secure?: boolean;
  app?: Server;
};

/** What is used of Fastify, so that its types are needed only by those who use it. */
interface FastifyReply {
  readonly raw: ServerResponse;
  readonly request: { readonly raw: RawRequest; readonly protocol: string; readonly server: Server };
}

interface FastifyInstance extends Server {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, property: object): void;
  addHook(name: 'onRequest', hook: (request: FastifyReply['request'], reply: FastifyReply, done: () => void) => void): void;
}

interface ExpressApplication extends Server {
  readonly request: object;
}

/** Joins the module to the adapter of an application, and finds the exchange that belongs to a request. */
export class SessionHttp {
  constructor(private readonly settings: HttpSettings) {}

  /** Makes sessions reachable from every request of an application, also outside its routes. */
  attach(adapter: HttpServer): void {
    if (adapter.getType() === 'fastify') this.#attachToFastify(adapter.getInstance());
    else this.#attachToExpress(adapter);
  }

  /** The exchange of a request, raw or not, or of the request in an execution context. */
  exchange(source: unknown): Exchange {
    const request = requestIn(source);
    return (request[EXCHANGE] ??= new Exchange(messagesOf(request), this.settings));
  }

  /** An exchange without a response, for what is only known by its Cookie header. */
  detached(cookieHeader: string | undefined): Exchange {
    return new Exchange({ cookieHeader, response: undefined, isSecure: () => false }, this.settings);
  }

  /** {@link exchange} for a decorator, which cannot inject anything. */
  static exchange(source: unknown): Exchange {
    const request = requestIn(source);
    if (request[EXCHANGE]) return request[EXCHANGE];
    const server = request.app ?? request[REPLY]?.request.server;
    if (!server?.[SERVER]) {
      throw new SessionNotLoadedError(
        'No SessionModule serves this request. Import SessionModule.forRoot({ ... }) in the root module.',
      );
    }
    return server[SERVER].exchange(request);
  }

  /** Through the prototype of all requests, which costs a request nothing. */
  #attachToExpress(adapter: HttpServer): void {
    const application = adapter.getInstance() as ExpressApplication;
    application[SERVER] = this;
    Object.defineProperty(application.request, 'session', { configurable: true, ...this.#sessionProperty() });
    if (!this.settings.saveEveryRequest) return;
    adapter.use((request: RawRequest, _response: ServerResponse, next: () => void) => {
      this.exchange(request).guard();
      next();
    });
  }

  #attachToFastify(application: FastifyInstance): void {
    application[SERVER] = this;
    const { get: getter, set: setter } = this.#sessionProperty();
    if (!application.hasRequestDecorator('session')) application.decorateRequest('session', { getter, setter });
    application.addHook('onRequest', (request, reply, done) => {
      request.raw[REPLY] = reply;
      if (this.settings.saveEveryRequest) this.exchange(request).guard();
      done();
    });
  }

  /** `request.session` for Nest's own `@Session()` and for middleware; gives way to a library that sets its own. */
  #sessionProperty(): { get(this: object): unknown; set(this: object, session: unknown): void } {
    const exchangeOf = (request: object): Exchange => this.exchange(request);
    return {
      get() {
        return exchangeOf(this).session;
      },
      set(session) {
        Object.defineProperty(this, 'session', { value: session, configurable: true, writable: true, enumerable: true });
      },
    };
  }
}

function messagesOf(request: RawRequest): HttpMessages {
  const reply = request[REPLY];
  return {
    cookieHeader: request.headers.cookie,
    response: reply?.raw ?? request.res,
    isSecure: () => (reply ? reply.request.protocol === 'https' : (request.secure ?? 'encrypted' in request.socket)),
  };
}

function requestIn(source: unknown): RawRequest {
  const request = isArgumentsHost(source) ? source.switchToHttp().getRequest<unknown>() : source;
  if (typeof request !== 'object' || request === null || !('headers' in request)) {
    throw new SessionNotLoadedError(
      'There is no HTTP request here, so there is no session. Pass an execution context or a request.',
    );
  }
  return 'raw' in request ? (request.raw as RawRequest) : (request as RawRequest);
}

function isArgumentsHost(source: unknown): source is ArgumentsHost {
  return typeof (source as ArgumentsHost | undefined)?.switchToHttp === 'function';
}
