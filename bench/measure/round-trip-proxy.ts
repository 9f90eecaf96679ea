import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Stands between an application and its server, and counts round trips: each time the server speaks after the application
 * did. What is sent in one go, as a pipeline of Redis or the messages that make up one statement of PostgreSQL, is one.
 */
export class RoundTripProxy {
  #roundTrips = 0;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {}

  /** @param target the server's URL */
  static async open(target: string): Promise<RoundTripProxy> {
    const server = createServer();
    const proxy = new RoundTripProxy(new URL(target), server);
    server.on('connection', (socket) => proxy.#pass(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** The server's URL, by way of this. */
  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String((this.server.address() as AddressInfo).port);
    return url.href;
  }

  /** How many there were since the last time. */
  take(): number {
    const taken = this.#roundTrips;
    this.#roundTrips = 0;
    return taken;
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #pass(application: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    let isAsked = false;
    for (const [socket, other] of [
      [application, server],
      [server, application],
    ] as const) {
      this.#sockets.add(socket);
      socket.setNoDelay();
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
      socket.on('data', (bytes) => {
        if (socket === server && isAsked) this.#roundTrips++;
        isAsked = socket === application;
        other.write(bytes);
      });
    }
  }
}
