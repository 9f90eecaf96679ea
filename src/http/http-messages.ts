import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Client } from '../session/session-record.js';
import type { Exchange } from './exchange.js';

/** What an exchange needs of a request and its response, whichever the adapter. */
export interface HttpMessages {
  readonly cookieHeader: string | undefined;
  /** Absent where none can be answered with a head, e.g. in a WebSocket handshake. */
  readonly response: ServerResponse | undefined;
  readonly isSecure: boolean;
  /** Who sent the request, as far as is known; by IP address as the adapter sees it through the proxies that it trusts. */
  readonly client: Client | undefined;
  /** Method and path, for the log. */
  readonly description: string;
}

/** On a raw request: its exchange, once the session or a cookie was used. */
export const EXCHANGE = Symbol.for('nest-sessions:exchange');
/** On a raw request under Fastify: the response to it. Express has it there already. */
export const RESPONSE = Symbol.for('nest-sessions:response');
/** On a raw request under Fastify: the request that Fastify made of it. */
export const REQUEST = Symbol.for('nest-sessions:request');

/** Node's own request. Express' is the same object with more on it, and so is what Fastify gives to middleware. */
export interface RawRequest extends IncomingMessage {
  [EXCHANGE]?: Exchange;
  [RESPONSE]?: ServerResponse;
  [REQUEST]?: FastifyRequest;
  readonly res?: ServerResponse;
  readonly protocol?: string;
  readonly originalUrl?: string;
  readonly ip?: string;
  readonly app?: object;
}

/** Makes room for an exchange in a request that is new. */
export function makeRoomForExchange(request: RawRequest): void {
  request[EXCHANGE] = undefined;
}

/** What is used of Fastify, so that its types are needed only by those who use it. */
export interface FastifyRequest {
  readonly raw: RawRequest;
  readonly protocol: string;
  readonly ip: string;
  readonly server: object;
}

/** What is done for each request before anything else sees it. */
export type Begin = (request: RawRequest, next: (error?: unknown) => void) => void;

/** What a request says of itself, asked when it is needed: middleware sees requests before their adapter knows them. */
export class RequestMessages implements HttpMessages {
  #response: ServerResponse | undefined;

  constructor(private readonly request: RawRequest) {}

  get cookieHeader(): string | undefined {
    return this.request.headers.cookie;
  }

  get response(): ServerResponse | undefined {
    return (this.#response ??= this.request.res ?? this.request[RESPONSE]);
  }

  get isSecure(): boolean {
    return (this.request.protocol ?? this.request[REQUEST]?.protocol) === 'https';
  }

  get client(): Client {
    const { ip = this.request.socket?.remoteAddress } = this.request[REQUEST] ?? this.request;
    return { ipAddress: ip, userAgent: this.request.headers['user-agent'] };
  }

  get description(): string {
    const { method, originalUrl, url } = this.request;
    return `${method} ${(originalUrl ?? url ?? '').split('?', 1)[0]}`;
  }
}

/** The messages of what is only known by its Cookie header. */
export class HeaderOnly implements HttpMessages {
  readonly response = undefined;
  readonly isSecure = false;
  readonly client = undefined;
  readonly description = 'A handshake';

  constructor(readonly cookieHeader: string | undefined) {}
}
