import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Copy } from './copy.js';

/** Gives each request to the next copy that listens, so that hardly two of one browser meet the same one. */
export class RoundRobinProxy {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #turn = 0;

  constructor(private readonly copies: readonly Copy[]) {
    this.#server = createServer((incoming, response) => void this.#pass(incoming, response));
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#agent.destroy();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const running = this.copies.filter(({ port }) => port !== undefined);
    const copy = running[this.#turn++ % running.length];
    if (!copy) {
      response.writeHead(502).end();
      return;
    }
    const { method, url, headers } = incoming;
    const outgoing = request({ port: copy.port, host: '127.0.0.1', method, path: url, headers, agent: this.#agent });
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
      // A copy that dies in the middle of an answer: the browser must not take the half for the whole.
      answer.on('error', () => response.destroy());
    });
    // What it was doing nobody knows, so nobody may do it again.
    outgoing.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    outgoing.end(body);
  }
}
