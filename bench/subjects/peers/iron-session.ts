import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { getIronSession, type IronSession, type SessionOptions } from 'iron-session';
import { type Assembly, type Assignment, SESSION_AGE } from '../assembly.js';
import { type Contents, fresh } from '../contents.js';
import { UntouchedController } from '../untouched.controller.js';

const OPTIONS = Symbol('options of iron-session');

/** Fastify has Node's messages inside of its own, and Express' own are Node's. */
type Message<T> = T & { readonly raw?: T };

@Controller()
class IronSessionController {
  constructor(@Inject(OPTIONS) private readonly options: SessionOptions) {}

  @Get('read')
  async read(
    @Req() request: Message<IncomingMessage>,
    @Res({ passthrough: true }) response: Message<ServerResponse>,
  ): Promise<object> {
    const session = await this.#open(request, response);
    return { count: session.count };
  }

  @Post('write')
  async write(
    @Req() request: Message<IncomingMessage>,
    @Res({ passthrough: true }) response: Message<ServerResponse>,
  ): Promise<object> {
    const session = await this.#open(request, response);
    session.count += 1;
    await session.save();
    return { count: session.count };
  }

  @Post('new')
  async create(
    @Req() request: Message<IncomingMessage>,
    @Res({ passthrough: true }) response: Message<ServerResponse>,
  ): Promise<object> {
    const session = await this.#open(request, response);
    Object.assign(session, fresh.contents);
    await session.save();
    return { count: 0 };
  }

  #open(request: Message<IncomingMessage>, response: Message<ServerResponse>): Promise<IronSession<Contents>> {
    return getIronSession<Contents>(request.raw ?? request, response.raw ?? response, this.options);
  }
}

export function assemble({ places }: Assignment): Assembly {
  const options: SessionOptions = { cookieName: 'session', password: places.secret, ttl: SESSION_AGE };
  return {
    metadata: {
      controllers: [UntouchedController, IronSessionController],
      providers: [{ provide: OPTIONS, useValue: options }],
    },
  };
}
