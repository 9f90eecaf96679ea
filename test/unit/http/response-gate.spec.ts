import { randomBytes } from 'node:crypto';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ServiceUnavailableException } from '@nestjs/common';
import compression from 'compression';
import { makeRoomForGate, ResponseGate, type GateKeeper } from '../../../src/http/response-gate.js';

/** Settles when the test says so, and records what it was asked. */
class TestKeeper implements GateKeeper {
  readonly asked: string[] = [];
  settled: Promise<void> | undefined;
  finished: Promise<void> | undefined;
  decoration: (response: ServerResponse) => void = (response) => response.appendHeader('Set-Cookie', 'gate=1');

  settle(status: number): Promise<void> | undefined {
    this.asked.push(`settle ${status}`);
    return this.settled;
  }

  decorate(response: ServerResponse): void {
    this.asked.push(`decorate ${response.statusCode}`);
    this.decoration(response);
  }

  finish(): Promise<void> | undefined {
    this.asked.push('finish');
    return this.finished;
  }

  answerFor(error: unknown): { status: number; body: object } {
    this.asked.push(`answer ${(error as Error).message}`);
    return { status: 503, body: { refused: true } };
  }
}

interface Answer {
  status: number;
  reason: string | undefined;
  headers: IncomingMessage['headers'];
  trailers: IncomingMessage['trailers'];
  body: string;
  isComplete: boolean;
}

type Handler = (response: ServerResponse, request: IncomingMessage) => unknown;

let keeper: TestKeeper;
let server: Server;
let handler: Handler;
let failures: unknown[];

beforeAll(async () => {
  server = createServer((request, response) => {
    // A handler that fails is a failed test, not a request without an end.
    void (async () => handler(response, request))().catch((error: unknown) => {
      failures.push(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => server.close());
beforeEach(() => {
  keeper = new TestKeeper();
  failures = [];
});
afterEach(() => expect(failures).toEqual([]));

const guard = (response: ServerResponse): ResponseGate => new ResponseGate(response, keeper);
const later = () => new Promise<void>((resolve) => setImmediate(resolve));
const failing = () => later().then(() => Promise.reject(new ServiceUnavailableException('down')));

function send(method = 'GET', headers: Record<string, string> = {}): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, method, headers, agent: false }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      incoming.on('error', () => undefined);
      incoming.on('close', () =>
        resolve({
          status: incoming.statusCode!,
          reason: incoming.statusMessage,
          headers: incoming.headers,
          trailers: incoming.trailers,
          body,
          isComplete: incoming.complete,
        }),
      );
    });
    outgoing.on('error', reject).end();
  });
}

/** The handler with a gate before it that waits, as for a save, or has nothing to wait for. */
function gated(waits: boolean, handle: Handler, hasRoom = false): void {
  if (waits) keeper.settled = later();
  handler = (response, incoming) => {
    if (hasRoom) makeRoomForGate(response);
    guard(response);
    return handle(response, incoming);
  };
}

/** Its head has left afterwards, also when a gate has waited. */
async function beginStream(response: ServerResponse): Promise<void> {
  response.write('a');
  await later();
  await later();
}

describe.each([
  ['that waits', true, false],
  ['with nothing to wait for', false, false],
  ['that waits, with room made ahead', true, true],
  ['with nothing to wait for, with room made ahead', false, true],
])('a gate %s', (_, waits, hasRoom) => {
  const behindGate = (handle: Handler): void => gated(waits, handle, hasRoom);

  it.each<[string, Handler, Partial<Answer>]>([
    ['end with a body', (response) => response.end('body'), { status: 200, body: 'body' }],
    ['end without', (response) => response.end(), { status: 200, body: '' }],
    [
      'writeHead with a reason and headers',
      (response) => response.writeHead(201, 'Made', { 'X-A': '1' }).end('a'),
      { status: 201, reason: 'Made', body: 'a' },
    ],
    [
      'writeHead with headers only',
      (response) => response.writeHead(202, { 'X-A': '1' }).end('a'),
      { status: 202, body: 'a' },
    ],
    [
      'writeHead with a flat list',
      (response) => response.writeHead(203, ['X-A', '1', 'Set-Cookie', 'b=1', 'Set-Cookie', 'c=1']).end('a'),
      { status: 203, body: 'a' },
    ],
    ['writeHead alone', (response) => response.setHeader('X-A', '1').writeHead(404).end('a'), { status: 404 }],
    [
      'write, flushHeaders and end',
      (response) => {
        response.write('a');
        response.flushHeaders();
        response.write(Buffer.from('b'));
        response.end('c', 'utf8');
      },
      { status: 200, body: 'abc' },
    ],
    ['304', (response) => response.writeHead(304).end(), { status: 304, body: '' }],
    ['204', (response) => response.writeHead(204).end(), { status: 204, body: '' }],
  ])('passes on %s', async (_name, handle, expected) => {
    behindGate(handle);
    const answer = await send();
    expect(answer).toMatchObject({ ...expected, isComplete: true });
    expect(answer.headers['set-cookie']).toContain('gate=1');
    expect(keeper.asked.slice(0, 2)).toEqual([`settle ${answer.status}`, `decorate ${answer.status}`]);
    expect(keeper.asked.filter((call) => !call.startsWith('finish'))).toHaveLength(2);
  });

  it('merges its cookie with those that are set and those that writeHead brings', async () => {
    behindGate((response) => {
      response.setHeader('X-Before', '1');
      response.setHeader('Set-Cookie', 'a=1');
      response.writeHead(200, ['Set-Cookie', 'b=1', 'Set-Cookie', 'c=1', 'X-Before', '2']).end();
    });
    const { headers } = await send();
    expect(headers['set-cookie']).toEqual(['b=1', 'c=1', 'gate=1']);
    expect(headers['x-before']).toBe('2');
  });

  it('answers HEAD with the head alone', async () => {
    behindGate((response) => response.end('body'));
    expect(await send('HEAD')).toMatchObject({ status: 200, body: '', headers: { 'set-cookie': ['gate=1'] } });
  });

  it('keeps the Content-Length that Node works out by itself', async () => {
    behindGate((response) => response.end('12345'));
    expect((await send()).headers).toMatchObject({ 'content-length': '5' });
  });

  it('calls back every write and the end, in order', async () => {
    const calls: string[] = [];
    behindGate((response) => {
      response.write('a', () => calls.push('a'));
      response.write('b', 'utf8', () => calls.push('b'));
      response.end('c', () => calls.push('end'));
    });
    expect((await send()).body).toBe('abc');
    expect(calls).toEqual(['a', 'b', 'end']);
  });

  it('sends trailers', async () => {
    behindGate((response) => {
      response.writeHead(200, { Trailer: 'X-Sum' });
      response.write('a');
      response.addTrailers({ 'X-Sum': '1' });
      response.end();
    });
    expect(await send()).toMatchObject({ body: 'a', trailers: { 'x-sum': '1' } });
  });

  it('lets informational responses through at once', async () => {
    behindGate((response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeContinue();
      expect(keeper.asked).toEqual([]);
      response.end('done');
    });
    expect(await send()).toMatchObject({ status: 200, body: 'done' });
  });

  it('pipes a megabyte with backpressure', async () => {
    const chunks = Array.from({ length: 64 }, (_unused, index) => Buffer.alloc(16_384, index));
    behindGate((response) => void Readable.from(chunks).pipe(response));
    const { body, isComplete } = await send();
    expect(isComplete).toBe(true);
    expect(body).toHaveLength(1024 * 1024);
  });

  it.each(['before', 'after'])('works beside compression that came %s it', async (when) => {
    const compress = compression({ threshold: 0 });
    const body = 'compressible '.repeat(1000);
    if (waits) keeper.settled = later();
    handler = (response, incoming) => {
      if (when === 'after') guard(response);
      compress(incoming as never, response as never, () => {
        if (when === 'before') guard(response);
        response.setHeader('Content-Type', 'text/plain');
        response.write(body);
        response.end(body);
      });
    };
    const { headers } = await send('GET', { 'Accept-Encoding': 'gzip' });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'set-cookie': ['gate=1'] });
    expect(await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)).text()).toBe(body + body);
  });

  it.each(['before', 'after'])('pipes through compression that came %s it', async (when) => {
    const compress = compression({ threshold: 0 });
    const chunk = randomBytes(30_000).toString('hex');
    if (waits) keeper.settled = later();
    handler = (response, incoming) => {
      if (when === 'after') guard(response);
      compress(incoming as never, response as never, () => {
        if (when === 'before') guard(response);
        response.setHeader('Content-Type', 'text/plain');
        Readable.from(Array.from({ length: 20 }, () => chunk)).pipe(response);
      });
    };
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.text()).toBe(chunk.repeat(20));
  });

  it.each(['before', 'after'])('works beside a hook on writeHead that came %s it', async (when) => {
    const hook = (response: ServerResponse): void => {
      const { writeHead } = response;
      response.writeHead = function (this: ServerResponse, ...args: unknown[]) {
        this.appendHeader('Set-Cookie', 'hook=1');
        return writeHead.apply(this, args as never);
      } as typeof writeHead;
    };
    if (waits) keeper.settled = later();
    handler = (response) => {
      if (when === 'before') hook(response);
      guard(response);
      if (when === 'after') hook(response);
      response.end('a');
    };
    expect((await send()).headers['set-cookie']?.toSorted()).toEqual(['gate=1', 'hook=1']);
  });

  it('answers an error of its keeper while it decorates, and a body that was sent is not', async () => {
    keeper.decoration = () => {
      throw new Error('too big');
    };
    behindGate((response) => {
      response.writeHead(200, { ETag: '"a"', 'Content-Length': 4, 'Content-Type': 'text/html' });
      response.end('body');
    });
    const { status, headers, body } = await send();
    expect({ status, body }).toEqual({ status: 503, body: '{"refused":true}' });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-length': '16' });
    expect(headers.etag).toBeUndefined();
    expect(keeper.asked).toContain('answer too big');
  });

  it('asks at the end of a stream again, and breaks it off when that fails', async () => {
    behindGate(async (response) => {
      await beginStream(response);
      keeper.finished = failing();
      response.end('z');
    });
    expect(await send()).toMatchObject({ status: 200, isComplete: false });
    expect(keeper.asked.filter((call) => call === 'finish')).toHaveLength(1);
  });

  it('asks once more when the connection closes before the end', async () => {
    const asked = new Promise<void>((resolve) => {
      keeper.finish = () => {
        resolve();
        return failing();
      };
    });
    behindGate(async (response) => {
      await beginStream(response);
      response.destroy();
    });
    await send().catch(() => undefined);
    await asked;
  });
});

describe('a gate', () => {
  it.each<[string, Handler]>([
    ['end', (response) => response.end('body')],
    ['writeHead and end', (response) => response.writeHead(200, { 'Content-Length': '4', ETag: '"1"' }).end('body')],
    ['a stream', (response) => void Readable.from(['a', 'b']).pipe(response)],
    [
      'trailers',
      (response) => {
        response.writeHead(200, { Trailer: 'X-Sum', 'Transfer-Encoding': 'chunked' });
        response.addTrailers({ 'X-Sum': '1' });
        response.end('a');
      },
    ],
  ])('answers a failure in place of %s', async (_, handle) => {
    keeper.settled = failing();
    gated(false, handle);
    const { status, reason, headers, body, isComplete } = await send();
    expect({ status, reason, body, isComplete }).toEqual({
      status: 503,
      reason: 'Service Unavailable',
      body: '{"refused":true}',
      isComplete: true,
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', 'content-length': '16' });
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers.etag).toBeUndefined();
  });

  it('keeps the connection for the next request, unless something is still being written', async () => {
    keeper.settled = failing();
    gated(false, (response) => response.end('body'));
    expect((await send('GET', { Connection: 'keep-alive' })).headers.connection).toBe('keep-alive');
    keeper.settled = failing();
    gated(false, (response) => response.write('events'));
    expect((await send('GET', { Connection: 'keep-alive' })).headers.connection).toBe('close');
  });

  it('swallows what is still written to a response that was refused', async () => {
    keeper.settled = failing();
    let result: unknown;
    gated(false, async (response) => {
      response.write('a');
      await new Promise((resolve) => response.once('finish', resolve));
      result = response.write('b');
      response.flushHeaders();
      response.end('c');
    });
    expect(await send()).toMatchObject({ status: 503, body: '{"refused":true}' });
    expect(result).toBe(false);
  });

  it('shows a response that waits as one that is sent', async () => {
    const seen: unknown[] = [];
    gated(true, (response) => {
      response.write('a');
      seen.push(response.headersSent, response.writableEnded);
      response.end('b');
      seen.push(response.headersSent, response.writableEnded);
      for (const late of [
        () => response.setHeader('X-Late', '1'),
        () => response.appendHeader('X-Late', '1'),
        () => response.removeHeader('X-Late'),
        () => response.writeHead(500),
      ]) {
        expect(late).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }));
      }
    });
    expect(await send()).toMatchObject({ status: 200, body: 'ab' });
    expect(seen).toEqual([true, false, true, true]);
  });

  it('puts back what others had set on the response', async () => {
    let after: unknown;
    keeper.settled = later();
    handler = (response) => {
      const { setHeader } = response;
      response.setHeader = function (name, value) {
        return setHeader.call(this, name, value);
      };
      const patched = response.setHeader;
      guard(response);
      response.on('finish', () => {
        after = response.setHeader === patched && Object.hasOwn(response, 'headersSent') === false;
      });
      response.end('a');
    };
    await send();
    expect(after).toBe(true);
  });

  it('holds a second answer to what Node makes of it', async () => {
    const errors: unknown[] = [];
    gated(true, (response) => {
      response.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code));
      response.end('first');
      response.end('second');
    });
    expect(await send()).toMatchObject({ status: 200, body: 'first' });
    await later();
    expect(errors).toEqual(['ERR_STREAM_WRITE_AFTER_END']);
  });

  it('answers with an error what Node refuses once nobody is there to be told', async () => {
    gated(true, (response) => response.writeHead(99).end());
    expect(await send()).toMatchObject({ status: 503, body: '{"refused":true}' });
    expect(keeper.asked).toContain('answer Invalid status code: 99');
  });

  it('throws a header that Node refuses to whoever sets it', async () => {
    gated(true, (response) => {
      expect(() => response.writeHead(200, { 'X-A': 'a\nb' })).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_CHAR' }),
      );
      response.end('fine');
    });
    expect(await send()).toMatchObject({ status: 200, body: 'fine' });
  });

  it('lets a client go away while it waits, and asks about the stream it leaves', async () => {
    let release!: () => void;
    keeper.settled = new Promise((resolve) => (release = resolve));
    const finished = new Promise<void>((resolve) => {
      keeper.finish = () => void resolve();
    });
    const outgoing = request({ port: (server.address() as AddressInfo).port, agent: false }).on(
      'error',
      () => undefined,
    );
    gated(false, (response) => {
      response.write('a');
      response.on('close', release);
      setImmediate(() => outgoing.destroy());
    });
    outgoing.end();
    await finished;
    expect(keeper.asked).toEqual(['settle 200', 'decorate 200']);
  });

  it('lets a client go away before it refuses', async () => {
    let fail!: (error: Error) => void;
    keeper.settled = new Promise((_resolve, reject) => (fail = reject));
    const { port } = server.address() as AddressInfo;
    const refused = new Promise<void>((resolve) => {
      keeper.answerFor = () => {
        setImmediate(resolve);
        return { status: 503, body: {} };
      };
    });
    const outgoing = request({ port, agent: false }).on('error', () => undefined);
    gated(false, (response) => {
      Readable.from(['a', 'b']).pipe(response);
      response.on('close', () => fail(new Error('down')));
      setImmediate(() => outgoing.destroy());
    });
    outgoing.end();
    await refused;
  });
});

describe('a gate on HTTP/2', () => {
  async function overHttp2(
    handle: Handler,
  ): Promise<{ status: unknown; headers: Record<string, unknown>; body: string; code: number }> {
    const http2 = createHttp2Server((incoming, response) => {
      guard(response as never);
      void handle(response as never, incoming as never);
    });
    await new Promise<void>((resolve) => http2.listen(0, '127.0.0.1', resolve));
    const client = connect(`http://127.0.0.1:${(http2.address() as AddressInfo).port}`);
    try {
      const stream = client.request({ ':path': '/' });
      let headers: Record<string, unknown> = {};
      let body = '';
      stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      stream.on('response', (received) => (headers = received));
      stream.on('error', () => undefined).end();
      await new Promise((resolve) => stream.on('close', resolve));
      return { status: headers[':status'], headers, body, code: stream.rstCode };
    } finally {
      client.close();
      http2.close();
    }
  }

  it.each([true, false])('passes on a head, a stream and an end; it waits: %s', async (waits) => {
    if (waits) keeper.settled = later();
    const answer = await overHttp2((response) => {
      response.writeHead(201, { 'x-a': '1', 'set-cookie': ['a=1'] });
      response.write('a');
      response.end('b');
    });
    expect(answer).toMatchObject({ status: 201, body: 'ab', headers: { 'x-a': '1', 'set-cookie': ['a=1', 'gate=1'] } });
  });

  it('pipes with backpressure', async () => {
    keeper.settled = later();
    const chunks = Array.from({ length: 64 }, () => Buffer.alloc(16_384, 1));
    const answer = await overHttp2((response) => Readable.from(chunks).pipe(response));
    expect(answer.body).toHaveLength(1024 * 1024);
  });

  it('answers a failure', async () => {
    keeper.settled = failing();
    const answer = await overHttp2((response) => response.writeHead(200, { etag: '"1"' }).end('body'));
    expect(answer).toMatchObject({ status: 503, body: '{"refused":true}' });
    expect(answer.headers).not.toHaveProperty('etag');
  });

  it('breaks a stream off so that nobody takes it for a success', async () => {
    const answer = await overHttp2(async (response) => {
      response.write('a');
      await later();
      keeper.finished = failing();
      response.end('z');
    });
    expect(answer.status).toBe(200);
    expect(answer.code).not.toBe(0);
  });

  it('lets a client go away before it refuses', async () => {
    let fail!: (error: Error) => void;
    keeper.settled = new Promise((_resolve, reject) => (fail = reject));
    const answer = await overHttp2((response, incoming) => {
      response.end('a');
      response.on('close', () => fail(new Error('down')));
      (incoming as unknown as { stream: { close(): void } }).stream.close();
    });
    expect(answer.status).toBeUndefined();
    await later();
    expect(keeper.asked).toContain('answer down');
  });
});
