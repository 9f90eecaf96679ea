import type { IncomingMessage } from 'node:http';
import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { SessionService } from 'nest-sessions';

interface Client {
  cookie?: string;
}

/** For `ws`, which does not keep the request of the handshake; with socket.io a handler just takes `@Session()`. */
@WebSocketGateway()
export class WhoamiGateway {
  constructor(private readonly sessions: SessionService) {}

  handleConnection(client: Client, request: IncomingMessage) {
    client.cookie = request.headers.cookie;
  }

  @SubscribeMessage('whoami')
  async whoami(@ConnectedSocket() client: Client) {
    const session = await this.sessions.fromCookieHeader(client.cookie); // as it is now
    return { user: session.get('user', null) };
  }
}
