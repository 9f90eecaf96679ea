import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { Cookies, Session, SessionEngine, SessionService } from 'nest-sessions';
import { NOW } from './scenario.js';

/** What Express and Fastify have in common. */
interface Reply {
  status(code: number): unknown;
  header(name: string, value: string): unknown;
}

/** The views of the recorded scenarios, each as its Python in `middleware.views` of vectors.json. */
@Controller()
export class ViewsController {
  constructor(
    @Inject(SessionEngine) private readonly engine: SessionEngine | undefined,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  @Get('noop')
  noop(): string {
    return 'ok';
  }

  @Get('key')
  key(@Session() session: Session): string {
    void session.key;
    return 'ok';
  }

  @Get('read')
  read(@Session() session: Session): string {
    session.get('a');
    return 'ok';
  }

  @Get('set')
  set(@Session() session: Session): string {
    session.set('a', 2);
    return 'ok';
  }

  @Get('setnested')
  setnested(@Session() session: Session): string {
    session.get('n', {}).x = 1;
    return 'ok';
  }

  @Get('modified')
  modified(@Session() session: Session): string {
    session.modified = true;
    return 'ok';
  }

  @Get('del')
  del(@Session() session: Session): string {
    session.pop('a', undefined);
    return 'ok';
  }

  @Get('popmissing')
  popmissing(@Session() session: Session): string {
    session.pop('nope', undefined);
    return 'ok';
  }

  @Get('setdel')
  setdel(@Session() session: Session): string {
    session.set('z', 1);
    session.delete('z');
    return 'ok';
  }

  @Get('clear')
  clear(@Session() session: Session): string {
    session.clear();
    return 'ok';
  }

  @Get('flush')
  async flush(@Session() session: Session): Promise<string> {
    await session.flush();
    return 'ok';
  }

  @Get('flushset')
  async flushset(@Session() session: Session): Promise<string> {
    await session.flush();
    session.set('a', 3);
    return 'ok';
  }

  @Get('cycle')
  async cycle(@Session() session: Session): Promise<string> {
    await session.cycleKey();
    return 'ok';
  }

  @Get('save')
  async save(@Session() session: Session): Promise<string> {
    session.set('a', 2);
    await session.save();
    return 'ok';
  }

  /** What Django's `create()` does to a session that is not stored. Recorded with no other. */
  @Get('create')
  async create(@Session() session: Session): Promise<string> {
    await session.cycleKey();
    return 'ok';
  }

  @Get('deleterow')
  async deleterow(@Session() session: Session): Promise<string> {
    session.set('a', 2);
    if (session.key) await this.engine!.delete(session.key);
    return 'ok';
  }

  @Get('sessdelete')
  async sessdelete(@Session() session: Session): Promise<string> {
    session.set('a', 2);
    if (session.key) await this.sessions.delete(session.key);
    return 'ok';
  }

  @Get('set500')
  set500(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#setAndAnswer(session, reply, 500);
  }

  @Get('set503')
  set503(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#setAndAnswer(session, reply, 503);
  }

  @Get('set404')
  set404(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#setAndAnswer(session, reply, 404);
  }

  @Get('flush500')
  async flush500(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): Promise<string> {
    await session.flush();
    reply.status(500);
    return 'x';
  }

  @Get('raise')
  raise(@Session() session: Session): string {
    session.set('a', 2);
    throw new Error('boom');
  }

  @Get('exp0')
  exp0(@Session() session: Session): string {
    return this.#setAndExpire(session, 0);
  }

  @Get('exp300')
  exp300(@Session() session: Session): string {
    return this.#setAndExpire(session, 300);
  }

  @Get('expneg')
  expneg(@Session() session: Session): string {
    return this.#setAndExpire(session, -10);
  }

  @Get('expdt')
  expdt(@Session() session: Session): string {
    return this.#setAndExpire(session, new Date(NOW + 3_600_000));
  }

  @Get('vary')
  vary(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#readAndVary(session, reply, 'Accept-Encoding');
  }

  @Get('varystar')
  varystar(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#readAndVary(session, reply, '*');
  }

  @Get('varycookie')
  varycookie(@Session() session: Session, @Res({ passthrough: true }) reply: Reply): string {
    return this.#readAndVary(session, reply, 'cookie');
  }

  @Get('testcookie')
  testcookie(@Session() session: Session): string {
    session.setTestCookie();
    return 'ok';
  }

  @Get('owncookie')
  owncookie(@Session() session: Session, @Cookies() cookies: Cookies): string {
    session.set('a', 2);
    cookies.set('sessionid', 'mine', { path: '/mine' });
    return 'ok';
  }

  @Get('replace')
  replace(@Req() request: { session: unknown }): string {
    request.session = null;
    return 'ok';
  }

  @Get('delattr')
  delattr(@Req() request: { session?: unknown }): string {
    delete request.session;
    return 'ok';
  }

  @Get('unserializable')
  unserializable(@Session() session: Session): string {
    session.set('a', new Map());
    return 'ok';
  }

  #setAndAnswer(session: Session, reply: Reply, status: number): string {
    session.set('a', 2);
    reply.status(status);
    return 'x';
  }

  #setAndExpire(session: Session, expiry: number | Date): string {
    session.set('a', 2);
    session.setExpiry(expiry);
    return 'ok';
  }

  #readAndVary(session: Session, reply: Reply, value: string): string {
    session.get('a');
    reply.header('Vary', value);
    return 'ok';
  }
}
