import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';
import { type Begin, makeRoomForExchange, type RawRequest } from './http-messages.js';
import { makeRoomForGate } from './response-gate.js';

interface ExpressApplication {
  readonly request: object;
  handle(request: IncomingMessage, response: ServerResponse, next?: unknown): void;
}

/** Through the prototype of all requests, which costs a request nothing. */
export function attachToExpress(
  adapter: HttpServer,
  properties: PropertyDescriptorMap,
  begin: Begin | undefined,
): void {
  const application = adapter.getInstance() as ExpressApplication;
  Object.defineProperties(application.request, properties);
  makeRoomAhead(application);
  if (begin) adapter.use((incoming: RawRequest, _response: ServerResponse, next: () => void) => begin(incoming, next));
}

/**
 * Express gives each request and response another prototype, and from then on V8 takes more than a microsecond for every
 * property that is added to one of them. So those that a session needs are there before, which takes some nanoseconds.
 */
function makeRoomAhead(application: ExpressApplication): void {
  const { handle } = application;
  application.handle = function (request, response, next) {
    makeRoomForExchange(request);
    makeRoomForGate(response);
    return handle.call(this, request, response, next);
  };
}
