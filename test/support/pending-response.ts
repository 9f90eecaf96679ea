import { type ClientRequest, type IncomingMessage, request, type RequestOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication } from '@nestjs/common';

/** A request that was sent, whose head and body a test waits for one after the other. */
export class PendingResponse {
  /** Rejects when the connection breaks off before there is a head. */
  readonly head: Promise<IncomingMessage>;
  readonly #request: ClientRequest;
  #response: IncomingMessage | undefined;

  constructor(app: INestApplication, options: RequestOptions) {
    const { port } = app.getHttpServer().address() as AddressInfo;
    this.#request = request({ host: '127.0.0.1', port, agent: false, ...options });
    this.head = new Promise((resolve, reject) => {
      this.#request.on('error', reject);
      this.#request.on('response', (response: IncomingMessage) => {
        // A connection that breaks off later is told by `isComplete`.
        this.#response = response.on('error', () => undefined);
        resolve(response);
      });
    });
    // Whoever waits for it learns of it all the same.
    this.head.catch(() => undefined);
    this.#request.end();
  }

  get hasHead(): boolean {
    return this.#response !== undefined;
  }

  /** The whole body, or what there was of it when the connection broke off. */
  async body(): Promise<string> {
    const response = await this.head;
    let body = '';
    for await (const chunk of response.setEncoding('utf8').iterator({ destroyOnReturn: false })) body += chunk;
    return body;
  }

  /** The next piece of the body. */
  async piece(): Promise<string> {
    const response = await this.head;
    return new Promise((resolve) => response.setEncoding('utf8').once('data', resolve));
  }

  /** Resolves once the connection is closed, to whether the body had come to its end. */
  async isComplete(): Promise<boolean> {
    const response = await this.head;
    response.resume();
    if (!response.closed) await new Promise((resolve) => response.once('close', resolve));
    return response.complete;
  }

  /** Goes away, as a browser does when its tab is closed. */
  abort(): void {
    this.#request.destroy();
  }
}
