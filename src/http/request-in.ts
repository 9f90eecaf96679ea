import { IncomingMessage } from 'node:http';
import type { ArgumentsHost } from '@nestjs/common';
import { SessionNotLoadedError } from '../errors/index.js';
import type { RawRequest } from './http-messages.js';

/** The client of a WebSocket gateway: socket.io keeps the request of the handshake on it, `ws` does not. */
export interface WebSocketClient {
  readonly request?: { readonly headers?: { readonly cookie?: string } };
}

/** The raw request that something leads to: a request of an adapter, or the context of a handler. */
export function requestIn(source: unknown): RawRequest {
  const request = isArgumentsHost(source) ? requestOf(source) : source;
  if (request instanceof IncomingMessage) return request;
  if (typeof request !== 'object' || request === null || !('headers' in request)) {
    throw new SessionNotLoadedError(
      'There is no HTTP request here, so there is no session. Pass an execution context or a request.',
    );
  }
  return 'raw' in request ? (request.raw as RawRequest) : (request as RawRequest);
}

/** The client, where something is the context of a gateway. */
export function webSocketIn(source: unknown): WebSocketClient | undefined {
  return isArgumentsHost(source) && source.getType() === 'ws' ? source.switchToWs().getClient() : undefined;
}

/** The Cookie header of the handshake. */
export function handshakeCookie(client: WebSocketClient): string | undefined {
  if (client.request?.headers) return client.request.headers.cookie;
  throw new SessionNotLoadedError(
    'This WebSocket does not keep the request of its handshake, so there is no session. Take it in handleConnection(client, ' +
      'request) by `await sessionService.fromCookieHeader(request.headers.cookie)`.',
  );
}

function requestOf(host: ArgumentsHost): unknown {
  switch (host.getType<string>()) {
    case 'graphql':
      return requestOfGraphQl(host.getArgByIndex(2));
    case 'rpc':
      throw new SessionNotLoadedError(
        'A microservice handler has no cookies, so there is no session. Send what it needs from the session with the message.',
      );
    default:
      return host.switchToHttp().getRequest();
  }
}

function requestOfGraphQl(context: { req?: unknown; request?: unknown } | undefined): unknown {
  const request = context?.req ?? context?.request;
  if (request) return request;
  throw new SessionNotLoadedError(
    'The context of GraphQL holds no request, so there is no session. Have it hold `req`, as @nestjs/apollo does by default.',
  );
}

function isArgumentsHost(source: unknown): source is ArgumentsHost {
  return typeof (source as ArgumentsHost | undefined)?.switchToHttp === 'function';
}
