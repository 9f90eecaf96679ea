import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { DjangoAuth, SessionModule, type SessionModuleOptions, SessionService } from 'nest-sessions';
import type { Clock } from '../../src/session/clock.js';
import { SESSION_CLOCK } from '../../src/module/tokens.js';
import { RecordingLogger } from '../support/recording-logger.js';
import type { DjangoResponse } from './django.js';
import { type Operation, OperationsController, USERS, type Users } from './operations.js';

/** The system's clock, which a test may set ahead. */
class MovingClock implements Clock {
  ahead = 0;

  now(): number {
    return Date.now() + this.ahead * 1000;
  }
}

/** An application on this module that does what tests tell it, as {@link Django} does. */
export class Nest {
  readonly users: Users = new Map();
  readonly #clock = new MovingClock();
  readonly logger = new RecordingLogger();
  #app!: INestApplication;

  static async start(options: SessionModuleOptions): Promise<Nest> {
    const nest = new Nest();
    const module = await Test.createTestingModule({
      imports: [SessionModule.forRoot(options)],
      controllers: [OperationsController],
      providers: [{ provide: USERS, useValue: nest.users }],
    })
      .overrideProvider(SESSION_CLOCK)
      .useValue(nest.#clock)
      .compile();
    nest.#app = module.createNestApplication({ logger: nest.logger });
    await nest.#app.listen(0, '127.0.0.1');
    return nest;
  }

  get sessions(): SessionService {
    return this.#app.get(SessionService);
  }

  get auth(): DjangoAuth {
    return this.#app.get(DjangoAuth);
  }

  /** From here on, for the module, it is so many seconds later than it really is. */
  travel(seconds: number): void {
    this.#clock.ahead = seconds;
  }

  clearExpired(): Promise<unknown> {
    return this.sessions.clearExpired();
  }

  /** A request with that Cookie header. */
  async request(cookie: string | undefined, operations: readonly Operation[]): Promise<DjangoResponse> {
    const { port } = this.#app.getHttpServer().address() as AddressInfo;
    const headers = { 'Content-Type': 'application/json', ...(cookie === undefined ? {} : { Cookie: cookie }) };
    const sent = request({ host: '127.0.0.1', port, path: '/do', method: 'POST', headers });
    // As bytes: behind a text Node would write the headers as UTF-8 too.
    sent.end(Buffer.from(JSON.stringify(operations)));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    return {
      status: response.statusCode!,
      setCookie: response.headers['set-cookie'] ?? [],
      vary: response.headers.vary ?? null,
      body: await text(response),
    };
  }

  stop(): Promise<void> {
    return this.#app.close();
  }
}
