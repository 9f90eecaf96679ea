import type { ServerResponse } from 'node:http';
import type { HttpServer, RequestMethod } from '@nestjs/common';
import { type Begin, EXCHANGE, type FastifyRequest, type RawRequest, REQUEST, RESPONSE } from './http-messages.js';

interface FastifyInstance {
  hasRequestDecorator(name: string): boolean;
  decorateRequest(name: string, property: object): void;
  addHook(
    name: 'onRequest',
    hook: (request: FastifyRequest, reply: { readonly raw: ServerResponse }, done: (error?: unknown) => void) => void,
  ): void;
}

type Middleware = (request: RawRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

export function attachToFastify(
  adapter: HttpServer,
  properties: PropertyDescriptorMap,
  begin: Begin | undefined,
): void {
  const application = adapter.getInstance() as FastifyInstance;
  for (const [name, { get: getter, set: setter }] of Object.entries(properties)) {
    if (!application.hasRequestDecorator(name)) application.decorateRequest(name, { getter, setter });
  }
  application.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    raw[REQUEST] = request;
    raw[RESPONSE] = reply.raw;
    // Middleware of main.ts has run by now, and nothing could lead it to the response.
    raw[EXCHANGE]?.guard();
    if (begin) begin(raw, done);
    else done();
  });
  runAheadOfMiddleware(adapter, (request, response, next) => {
    request[RESPONSE] = response;
    Object.defineProperties(request, properties);
    if (begin) begin(request, next);
    else next();
  });
}

/**
 * Middleware under Fastify gets Node's own request, from which nothing leads to the response, and runs ahead of hooks. So
 * one of our own goes first, but only in an application that has others: any at all slows down all requests.
 */
function runAheadOfMiddleware(adapter: HttpServer, middleware: Middleware): void {
  const createMiddlewareFactory = adapter.createMiddlewareFactory.bind(adapter);
  adapter.createMiddlewareFactory = (method: RequestMethod) => {
    adapter.createMiddlewareFactory = createMiddlewareFactory;
    adapter.use(middleware);
    return createMiddlewareFactory(method);
  };
}
