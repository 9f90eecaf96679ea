import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that a test can shut and open again, while the server keeps what it has. */
export class TcpGate {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** Whether what the server answers is lost on the way. */
  swallowsAnswers = false;
  /** How many more requests reach the server, for a client that sends one after the other. All others are lost. */
  requestsToPass = Infinity;

  private constructor(private readonly target: number) {}

  static async to(port: number): Promise<TcpGate> {
    const gate = new TcpGate(port);
    await gate.open();
    return gate;
  }

  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    const server = createServer((incoming) => this.#join(incoming, connect(this.target, '127.0.0.1')));
    this.#server = server;
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Connections break, and new ones are refused. */
  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #join(incoming: Socket, outgoing: Socket): void {
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('data', (chunk) => {
        const isLost = socket === incoming ? this.requestsToPass-- <= 0 : this.swallowsAnswers;
        if (!isLost) other.write(chunk);
      });
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
