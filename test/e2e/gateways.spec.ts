import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Controller, type INestApplication, Logger } from '@nestjs/common';
import { type ClientProxy, ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { platforms, startApplication } from '../support/applications.js';
import { freePort } from '../support/free-port.js';

@WebSocketGateway()
class SocketIoGateway {
  @SubscribeMessage('whoami')
  whoami(@Session() session: Session, @Session('user') user: string | undefined) {
    return { user: user ?? null, hasKey: session.key !== undefined };
  }

  @SubscribeMessage('rename')
  async rename(@Session() session: Session, @MessageBody() name: string) {
    session.set('user', name);
    await session.save();
    return { user: session.get('user') };
  }

  @SubscribeMessage('forget-to-save')
  forget(@Session() session: Session) {
    session.set('user', 'nobody');
    return {};
  }
}

type Client = WebSocket & { cookie?: string };

@WebSocketGateway()
class WsGateway {
  constructor(private readonly sessions: SessionService) {}

  handleConnection(client: Client, request: IncomingMessage) {
    client.cookie = request.headers.cookie;
  }

  @SubscribeMessage('whoami')
  async whoami(@ConnectedSocket() client: Client) {
    const session = await this.sessions.fromCookieHeader(client.cookie);
    return { event: 'whoami', data: { user: session.get('user', null) } };
  }

  @SubscribeMessage('decorated')
  decorated(@Session() session: Session) {
    return { event: 'decorated', data: session };
  }
}

@Controller()
class MessageController {
  @MessagePattern('whoami')
  whoami(@Session() session: Session) {
    return session;
  }
}

const options = { engine: new MemoryEngine() };

describe('sessions in a socket.io gateway', () => {
  let app: INestApplication;
  let url: string;
  beforeAll(async () => {
    app = await startApplication(platforms[0]!, { providers: [SocketIoGateway] }, options, (created) =>
      created.useWebSocketAdapter(new IoAdapter(created)),
    );
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  const connected = (cookie?: string) => io(url, { transports: ['websocket'], extraHeaders: cookie ? { cookie } : {} });

  it('a message reads the session of the handshake, save() stores it, and a logout is seen at once', async () => {
    const sessions = app.get(SessionService);
    const { key } = await sessions.create({ user: 'ann' });
    const socket = connected(`sessionid=${key}`);
    expect(await socket.emitWithAck('whoami')).toEqual({ user: 'ann', hasKey: true });
    expect(await socket.emitWithAck('rename', 'bob')).toEqual({ user: 'bob' });
    expect((await sessions.find(key!))!.get('user')).toBe('bob');
    await socket.emitWithAck('forget-to-save');
    expect((await sessions.find(key!))!.get('user')).toBe('bob');
    await sessions.delete(key!);
    expect(await socket.emitWithAck('whoami')).toEqual({ user: null, hasKey: false });
    socket.close();
  });

  it('without a cookie there is an empty session', async () => {
    const socket = connected();
    expect(await socket.emitWithAck('whoami')).toEqual({ user: null, hasKey: false });
    socket.close();
  });
});

describe('sessions in a ws gateway', () => {
  let app: INestApplication;
  beforeAll(async () => {
    app = await startApplication(platforms[0]!, { providers: [WsGateway] }, options, (created) =>
      created.useWebSocketAdapter(new WsAdapter(created)),
    );
  });
  afterAll(() => app.close());

  const ask = async (event: string, cookie: string): Promise<unknown> => {
    const socket = new WebSocket((await app.getUrl()).replace('http', 'ws'), { headers: { cookie } });
    await once(socket, 'open');
    socket.send(JSON.stringify({ event }));
    const [message] = (await once(socket, 'message')) as [Buffer];
    socket.close();
    return JSON.parse(message.toString());
  };

  it('fromCookieHeader reads the session of the handshake', async () => {
    const { key } = await app.get(SessionService).create({ user: 'ann' });
    expect(await ask('whoami', `sessionid=${key}`)).toEqual({ event: 'whoami', data: { user: 'ann' } });
    expect(await ask('whoami', 'other=1')).toEqual({ event: 'whoami', data: { user: null } });
  });

  it('@Session() is refused with the cure, as ws keeps no handshake', async () => {
    const logged: unknown[] = [];
    Logger.overrideLogger({ log() {}, warn() {}, error: (message: unknown) => logged.push(message) });
    expect(await ask('decorated', 'other=1')).toMatchObject({ event: 'exception' });
    Logger.overrideLogger(false);
    expect(String(logged)).toContain('fromCookieHeader(request.headers.cookie)');
  });
});

describe('a microservice handler', () => {
  let app: INestApplication;
  let client: ClientProxy;
  const logged: unknown[] = [];
  beforeAll(async () => {
    const port = await freePort();
    app = await startApplication(platforms[0]!, { controllers: [MessageController] }, options, async (created) => {
      created.connectMicroservice({ transport: Transport.TCP, options: { port } });
      await created.startAllMicroservices();
    });
    client = ClientProxyFactory.create({ transport: Transport.TCP, options: { port } });
  });
  afterAll(async () => {
    client?.close();
    await app?.close();
  });

  it('has no session, and says so', async () => {
    Logger.overrideLogger({ log() {}, warn() {}, error: (message: unknown) => logged.push(message) });
    await expect(firstValueFrom(client.send('whoami', {}))).rejects.toMatchObject({ status: 'error' });
    Logger.overrideLogger(false);
    expect(String(logged)).toContain('A microservice handler has no cookies');
  });
});
