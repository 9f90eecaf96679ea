import { Agent, type ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import {
  Controller,
  Get,
  type INestApplication,
  type MessageEvent,
  Param,
  Query,
  Res,
  Sse,
  StreamableFile,
} from '@nestjs/common';
import { Cookies, ResponseHeadSentError, Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { concat, defer, finalize, interval, map, NEVER, of, type Observable } from 'rxjs';
import { platforms, setCookies, startApplication } from '../support/applications.js';
import { PendingResponse } from '../support/pending-response.js';
import { RecordingLogger } from '../support/recording-logger.js';
import { HeldCall, StagedEngine } from '../support/staged-engine.js';

/** What a test does to a session, and to the cookies, when it is too late. */
type Deed = (session: Session, cookies: Cookies) => unknown;

let deed: Deed = () => {};
/** Fulfilled by what the deed gives, for as long as a test waits for it. */
let outcome: Promise<unknown>;
/** Lets a handler go on where it waits. */
let goOn: () => void;
let mayGoOn: Promise<void>;
/** Called when a source of events is told to stop. */
let stop: () => void;
let stopped: Promise<void>;

const LATE = /changed its session after the head of the response had left\. /;

function doIt(session: Session, cookies: Cookies): Promise<unknown> {
  outcome = (async () => deed(session, cookies))();
  return outcome.catch(() => undefined);
}

@Controller()
class LateController {
  constructor(private readonly sessions: SessionService) {}

  @Get('stream/:name')
  stream(
    @Session() session: Session,
    @Cookies() cookies: Cookies,
    @Param('name') _name: string,
    @Query() _query: object,
  ) {
    const stream = new PassThrough();
    stream.write('begin');
    void mayGoOn.then(() => doIt(session, cookies)).then(() => stream.end('end'));
    return new StreamableFile(stream);
  }

  @Get('generator')
  async *generator(@Session() session: Session, @Cookies() cookies: Cookies) {
    session.get('cart');
    yield 'begin';
    await mayGoOn;
    await doIt(session, cookies);
    yield 'end';
  }

  @Sse('events')
  events(@Session() session: Session, @Cookies() cookies: Cookies): Observable<MessageEvent> {
    const later = defer(async () => {
      await mayGoOn;
      await doIt(session, cookies);
      return { data: 'later' };
    });
    return concat(of({ data: 'begin' }), later, NEVER);
  }

  @Sse('endless')
  endless(@Session() session: Session): Observable<MessageEvent> {
    session.set('before', true);
    return interval(1).pipe(
      map((number) => ({ data: String(number) })),
      finalize(() => stop()),
    );
  }

  @Get('background')
  background(@Session() session: Session, @Cookies() cookies: Cookies) {
    session.get('cart');
    void mayGoOn.then(() => doIt(session, cookies));
    return 'answered';
  }

  @Get('after-send')
  afterSend(@Session() session: Session, @Cookies() cookies: Cookies, @Res() answer: { send(body: string): void }) {
    answer.send('answered');
    return doIt(session, cookies);
  }

  @Get('first-use')
  async firstUse(
    @Res() answer: ServerResponse & { raw?: ServerResponse; hijack?(): void; request: object; req: object },
  ) {
    const raw = answer.raw ?? answer;
    answer.hijack?.();
    raw.write('begin');
    await mayGoOn;
    const session = await this.sessions.of(answer.raw ? answer.request : answer.req);
    await doIt(session, undefined as never);
    raw.end('end');
  }

  @Get('failed')
  failed(@Session() session: Session, @Cookies() cookies: Cookies) {
    void mayGoOn.then(() => doIt(session, cookies));
    throw new Error('failed on purpose');
  }

  @Get('before')
  before(@Session() session: Session) {
    session.set('before', true);
    return 'answered';
  }
}

describe.each(platforms)('on $name', (platform) => {
  let app: INestApplication;
  let engine: StagedEngine;
  let sessions: SessionService;
  let key: string;
  const logger = new RecordingLogger();

  beforeAll(async () => {
    engine = new StagedEngine(new MemoryEngine());
    app = await startApplication(platform, { controllers: [LateController] }, { engine }, (created) =>
      created.useLogger(logger),
    );
    sessions = app.get(SessionService);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    mayGoOn = new Promise((resolve) => (goOn = resolve));
    stopped = new Promise((resolve) => (stop = resolve));
    key = (await sessions.create({ cart: [] })).key!;
    engine.takeCalls();
    logger.takeErrors();
  });

  const send = (path: string, cookie?: string): PendingResponse =>
    new PendingResponse(app, { path, headers: cookie ? { Cookie: cookie } : {} });
  const known = (path: string) => send(path, `sessionid=${key}`);
  /** Once the head and the first piece of the body are here. */
  const begun = async (response: PendingResponse): Promise<PendingResponse> => {
    expect(await response.piece()).toBe('begin');
    return response;
  };
  const stored = async (of = key) => (await sessions.find(of))?.toJSON();
  /** The writes that the store has seen. */
  const writes = () => engine.takeCalls().filter((call) => call !== 'load');
  /** Resolves when what was started in the background has had its turns. */
  const settled = async (check: () => Promise<boolean> | boolean) => {
    while (!(await check())) await new Promise((resolve) => setImmediate(resolve));
  };

  describe.each(['/stream/one?secret=1', '/generator'])('a session changed while %s is under way', (path) => {
    const name = path.split('?')[0];

    it('is stored before the end, under the key that the client has, and an error in the log names the request', async () => {
      deed = (session) => session.set('late', 1);
      const response = await begun(known(path));
      const held = engine.hold('replace');
      goOn();
      await held.arrived;
      expect((await response.head).complete).toBe(false);
      held.release();
      expect(await response.body()).toContain('end');
      expect(await stored()).toEqual({ cart: [], late: 1 });
      expect(logger.takeErrors()).toEqual([
        expect.stringMatching(new RegExp(`^GET ${name} ${LATE.source}.*is stored.*Change the session before`)),
      ]);
    });

    it('is noticed even if only the inside of a value changed', async () => {
      deed = (session) => session.get('cart', []).push('apple');
      const response = await begun(known(path));
      goOn();
      expect(await response.body()).toContain('end');
      expect(await stored()).toEqual({ cart: ['apple'] });
      expect(logger.takeErrors()).toEqual([expect.stringMatching(LATE)]);
    });

    it('is lost when it is new, and an error in the log says so', async () => {
      deed = (session) => session.set('late', 1);
      const response = await begun(send(path));
      goOn();
      expect(await response.body()).toContain('end');
      expect(setCookies(await response.head)).toEqual([]);
      expect(writes()).toEqual([]);
      expect(logger.takeErrors()).toEqual([expect.stringMatching(/^GET .*The change is lost: the session is new/)]);
    });

    it('breaks the connection off when the store fails', async () => {
      deed = (session) => session.set('late', 1);
      engine.fail('replace', new Error('down'));
      const response = await begun(known(path));
      goOn();
      expect(await response.isComplete()).toBe(false);
      expect(await stored()).toEqual({ cart: [] });
      expect(logger.takeErrors()).toEqual([
        expect.stringMatching(LATE),
        expect.stringContaining('The session store failed to save'),
        expect.stringContaining('SessionStoreError'),
      ]);
    });

    it('breaks the connection off when it was logged out meanwhile', async () => {
      deed = (session) => session.set('late', 1);
      const response = await begun(known(path));
      await sessions.delete(key);
      goOn();
      expect(await response.isComplete()).toBe(false);
      expect(await stored()).toBeUndefined();
      expect(logger.takeErrors().at(-1)).toContain('SessionInterruptedError');
    });

    it('is stored by save() without a word', async () => {
      deed = async (session) => {
        session.set('late', 1);
        await session.save();
      };
      const response = await begun(known(path));
      goOn();
      await response.body();
      expect(await stored()).toEqual({ cart: [], late: 1 });
      expect(logger.takeErrors()).toEqual([]);
    });

    it('cannot be stored by save() when it is new', async () => {
      deed = (session) => session.set('late', 1).save();
      const response = await begun(send(path));
      goOn();
      await response.body();
      await expect(outcome).rejects.toThrow(ResponseHeadSentError);
      expect(writes()).toEqual([]);
    });

    it('keeps its key: cycleKey() rejects', async () => {
      deed = (session) => session.cycleKey();
      const response = await begun(known(path));
      goOn();
      await response.body();
      await expect(outcome).rejects.toThrow(ResponseHeadSentError);
      expect(await stored()).toEqual({ cart: [] });
    });

    it('keeps its key when nobody awaits cycleKey(), and an error in the log says so', async () => {
      deed = (session) => void session.set('late', 1).cycleKey();
      const response = await begun(known(path));
      goOn();
      await response.body();
      expect(await stored()).toEqual({ cart: [], late: 1 });
      expect(logger.takeErrors()).toEqual([expect.stringMatching(LATE)]);
    });

    it('is gone after flush()', async () => {
      deed = (session) => session.flush();
      const response = await begun(known(path));
      goOn();
      await response.body();
      expect(await stored()).toBeUndefined();
      expect(logger.takeErrors()).toEqual([]);
    });

    it('is gone after a flush() that nobody awaits, before the end', async () => {
      deed = (session) => void session.flush();
      const response = await begun(known(path));
      goOn();
      await response.body();
      expect(await stored()).toBeUndefined();
      expect(logger.takeErrors()).toEqual([]);
    });

    it('is stored when the client goes away before the end', async () => {
      let changed!: () => void;
      const isChanged = new Promise<void>((resolve) => (changed = resolve));
      deed = (session) => {
        session.set('late', 1);
        changed();
        return new Promise(() => {});
      };
      const response = await begun(known(path));
      goOn();
      await isChanged;
      response.abort();
      await settled(async () => (await stored())?.late === 1);
      expect(logger.takeErrors()).toEqual([expect.stringMatching(LATE)]);
    });
  });

  it('a cookie that is set too late throws', async () => {
    deed = (_session, cookies) => cookies.set('late', '1');
    const response = known('/generator');
    await response.piece();
    goOn();
    await response.body();
    await expect(outcome).rejects.toThrow(ResponseHeadSentError);
  });

  it('a stream that changes nothing stores and logs nothing', async () => {
    deed = (session) => session.get('cart');
    const response = known('/generator');
    goOn();
    expect(await response.body()).toBe('beginend');
    expect(writes()).toEqual([]);
    expect(logger.takeErrors()).toEqual([]);
  });

  it('what server-sent events change is stored when the client leaves', async () => {
    deed = (session) => session.set('late', 1);
    const response = known('/events');
    await response.piece();
    goOn();
    while (!(await response.piece()).includes('later'));
    response.abort();
    await settled(async () => (await stored())?.late === 1);
    expect(logger.takeErrors()).toEqual([expect.stringMatching(/^GET \/events /)]);
  });

  describe('a session changed once the response is over', () => {
    it('is stored all the same, and an error in the log names the request', async () => {
      deed = (session) => session.set('late', 1).set('later', 2);
      const response = known('/background');
      expect(await response.body()).toBe('answered');
      goOn();
      await settled(async () => (await stored())?.late === 1);
      expect(await stored()).toEqual({ cart: [], late: 1, later: 2 });
      expect(writes()).toEqual(['replace']);
      expect(logger.takeErrors()).toEqual([expect.stringMatching(/^GET \/background .*await what changes it\.$/)]);
    });

    it('is lost when it is new, and an error in the log says so', async () => {
      deed = (session) => session.set('late', 1);
      const response = send('/background');
      await response.body();
      goOn();
      await settled(() => logger.errors.length > 0);
      expect(logger.takeErrors()).toEqual([expect.stringContaining('The change is lost')]);
      expect(writes()).toEqual([]);
    });

    it('is an error in the log when the store fails', async () => {
      deed = (session) => session.set('late', 1);
      engine.fail('replace', new Error('down'));
      await known('/background').body();
      goOn();
      await settled(() => logger.errors.length === 3);
      expect(logger.takeErrors()[1]).toContain('The session store failed to save');
    });

    it('is logged once, however often it happens', async () => {
      deed = async (session) => {
        session.set('late', 1);
        await settled(async () => (await stored())?.late === 1);
        session.set('late', 2);
      };
      await known('/background').body();
      goOn();
      await settled(async () => (await stored())?.late === 2);
      expect(logger.takeErrors()).toHaveLength(1);
    });

    it('may be saved by the application itself', async () => {
      deed = (session) => session.set('late', 1).save();
      await known('/background').body();
      goOn();
      await settled(async () => (await stored())?.late === 1);
      await outcome;
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(logger.takeErrors()).toEqual([]);
    });

    it('is not stored at all after a 500', async () => {
      deed = (session) => session.set('late', 1);
      const response = known('/failed');
      expect((await response.head).statusCode).toBe(500);
      await response.body();
      goOn();
      await settled(async () => outcome !== undefined);
      await new Promise((resolve) => setTimeout(resolve, 0));
      expect(await stored()).toEqual({ cart: [] });
      expect(writes()).toEqual([]);
    });
  });

  describe('a session changed after @Res() has sent', () => {
    it('is stored, and an error in the log names the request', async () => {
      deed = (session) => session.set('late', 1);
      expect(await known('/after-send').body()).toBe('answered');
      await settled(async () => (await stored())?.late === 1);
      expect(logger.takeErrors()).toEqual([expect.stringMatching(/^GET \/after-send /)]);
    });

    it('is lost when it is new, and an error in the log says so', async () => {
      deed = (session) => session.set('late', 1);
      expect(await send('/after-send').body()).toBe('answered');
      await settled(() => logger.errors.length > 0);
      expect(writes()).toEqual([]);
      expect(logger.takeErrors()).toEqual([expect.stringContaining('The change is lost')]);
    });
  });

  describe('a session that is first used after the head has left', () => {
    it('can be read', async () => {
      deed = (session) => session.get('cart');
      const response = known('/first-use');
      goOn();
      expect(await response.body()).toBe('beginend');
      expect(await outcome).toEqual([]);
      expect(logger.takeErrors()).toEqual([]);
    });

    it('is stored when it is changed, and an error in the log names the request', async () => {
      deed = (session) => session.set('late', 1);
      const response = known('/first-use');
      goOn();
      await response.body();
      await settled(async () => (await stored())?.late === 1);
      expect(logger.takeErrors()).toEqual([expect.stringMatching(/^GET \/first-use /)]);
    });

    it('is lost when it is new, and an error in the log says so', async () => {
      deed = (session) => session.set('late', 1);
      const response = send('/first-use');
      goOn();
      await response.body();
      await settled(() => logger.errors.length > 0);
      expect(writes()).toEqual([]);
    });
  });

  it('server-sent events whose session cannot be stored are an error, and their source is told to stop', async () => {
    engine.fail('create', new Error('down'));
    const agent = new Agent({ keepAlive: true });
    const response = new PendingResponse(app, { path: '/endless', agent });
    expect((await response.head).statusCode).toBe(503);
    expect(JSON.parse(await response.body())).toMatchObject({ statusCode: 503 });
    await stopped;
    agent.destroy();
  });

  it('a client that goes away while its session is stored harms nothing', async () => {
    const held = engine.hold('replace');
    const response = known('/before');
    await held.arrived;
    response.abort();
    await expect(response.head).rejects.toThrow();
    held.release();
    await settled(async () => (await stored())?.before === true);
    expect(await known('/before').body()).toBe('answered');
    expect(logger.takeErrors()).toEqual([]);
  });

  it('a client that goes away while the store fails harms nothing', async () => {
    const held = new HeldCall();
    engine.during('replace', async () => {
      await held.pass();
      throw new Error('down');
    });
    const response = known('/before');
    await held.arrived;
    response.abort();
    held.release();
    await settled(() => logger.errors.length > 0);
    expect(await stored()).toEqual({ cart: [] });
    expect(await known('/before').body()).toBe('answered');
  });
});
