import { createServer } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Body, Controller, Get, type INestApplication, Param, Post, Req } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Cookies, Session, SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import request from 'supertest';
import { type Platform, platforms, startApplication } from '../support/applications.js';
import { PendingResponse } from '../support/pending-response.js';
import { RawConnection } from '../support/raw-connection.js';
import { StagedEngine } from '../support/staged-engine.js';

let begun: () => void;
let hasBegun: Promise<void>;

@Controller()
class AbuseController {
  @Get('name')
  name(@Session('name') name: unknown) {
    return { name: name ?? null };
  }

  @Post('name/:name')
  async setName(@Session() session: Session, @Param('name') name: string) {
    await new Promise((resolve) => setImmediate(resolve));
    session.set('name', name);
    return { name: session.get('name') };
  }

  @Post('count')
  count(@Session() session: Session) {
    return { count: session.compute('count', (count: number = 0) => count + 1) };
  }

  @Post('body')
  body(@Session() session: Session, @Body() body: object) {
    session.set('body', true);
    return body;
  }

  @Get('never')
  never(@Session() session: Session) {
    session.set('never', true);
    begun();
    return new Promise(() => {});
  }

  @Get('cookies')
  cookies(@Cookies() cookies: Cookies, @Req() incoming: { headers: { cookie?: string } }) {
    return { names: [...cookies].length, last: cookies.get('last') ?? null, length: incoming.headers.cookie?.length };
  }
}

/** Servers that accept longer headers than Node's 16 KiB. */
const tolerant: Platform[] = [
  {
    name: 'Express',
    adapter: () => {
      const adapter = new ExpressAdapter();
      adapter.initHttpServer = () => {
        adapter.setHttpServer(createServer({ maxHeaderSize: 1024 * 1024 }, adapter.getInstance()));
      };
      return adapter;
    },
  },
  { name: 'Fastify', adapter: () => new FastifyAdapter({ http: { maxHeaderSize: 1024 * 1024 } }) },
];

const post = (path: string, cookie: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nCookie: ${cookie}\r\n\r\n`;
const get = (path: string, cookie: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`;

describe.each(platforms)('on $name', (platform) => {
  let app: INestApplication;
  let engine: StagedEngine;
  let sessions: SessionService;

  beforeAll(async () => {
    engine = new StagedEngine(new MemoryEngine());
    app = await startApplication(platform, { controllers: [AbuseController] }, { engine });
    sessions = app.get(SessionService);
  });
  afterAll(() => app.close());
  beforeEach(() => {
    hasBegun = new Promise((resolve) => (begun = resolve));
  });

  const http = () => request(app.getHttpServer());
  const visitor = async (data: object): Promise<string> => `sessionid=${(await sessions.create(data)).key}`;

  it('200 users at once each see only what is theirs', async () => {
    const users = Array.from({ length: 200 }, (_, index) => ({
      name: `user${index}`,
      connection: new RawConnection(app),
    }));
    const cookies = await Promise.all(
      users.map(async ({ name, connection }) => {
        connection.write(post(`/name/${name}`, 'other=1'));
        const [answer] = await connection.answers(1);
        return /^set-cookie: (sessionid=[a-z0-9]{32});/im.exec(answer!.head)![1]!;
      }),
    );
    expect(new Set(cookies).size).toBe(200);
    for (let round = 1; round <= 5; round++) {
      await Promise.all(
        users.map(async ({ name, connection }, index) => {
          connection.write(post('/count', cookies[index]!) + get('/name', cookies[index]!));
          const bodies = (await connection.answers(2)).map(({ body }) => JSON.parse(body));
          expect(bodies).toEqual([{ count: round }, { name }]);
        }),
      );
    }
    await Promise.all(users.map(({ connection }) => connection.destroy()));
  });

  it('requests that are pipelined on one connection are answered in order, each with its own session', async () => {
    const cookies = await Promise.all(Array.from({ length: 50 }, (_, user) => visitor({ name: `user${user}` })));
    const connection = new RawConnection(app);
    const all = cookies.flatMap((cookie, user) => [
      get('/name', cookie),
      post(`/name/other${user}`, cookie),
      get('/name', cookie),
    ]);
    // The reads need not wait for the writes before them: each request sees the session as it was or as it will be.
    connection.write(all.join(''));
    const answers = await connection.answers(all.length);
    for (const [user] of cookies.entries()) {
      const [before, changed, after] = answers.slice(3 * user, 3 * user + 3);
      expect(JSON.parse(before!.body)).toEqual({ name: `user${user}` });
      expect(JSON.parse(changed!.body)).toEqual({ name: `other${user}` });
      expect(changed!.head).toContain(cookies[user]);
      expect([`user${user}`, `other${user}`]).toContain(JSON.parse(after!.body).name);
    }
    await connection.destroy();
  });

  it('an answer that waits for the store holds back those behind it on its connection, and no others', async () => {
    const [slow, quick] = [await visitor({ name: 'slow' }), await visitor({ name: 'quick' })];
    const held = engine.hold('replace');
    const connection = new RawConnection(app);
    connection.write(post('/name/slower', slow) + get('/name', quick));
    await held.arrived;
    await http().get('/name').set('Cookie', quick).expect(200, { name: 'quick' });
    held.release();
    const bodies = (await connection.answers(2)).map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual([{ name: 'slower' }, { name: 'quick' }]);
    await connection.destroy();
  });

  it('a client that goes away in the middle of its body harms nothing', async () => {
    const cookie = await visitor({ name: 'here' });
    const connection = new RawConnection(app);
    connection.write(
      `POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\nCookie: ${cookie}\r\n\r\n{"a":`,
    );
    await http().get('/name').set('Cookie', cookie).expect(200);
    await connection.destroy();
    await http().get('/name').set('Cookie', cookie).expect(200, { name: 'here' });
  });

  it('a client that leaves a handler that never ends harms nothing, and nothing is stored', async () => {
    const cookie = await visitor({ name: 'here' });
    const response = new PendingResponse(app, { path: '/never', headers: { Cookie: cookie } });
    await hasBegun;
    response.abort();
    await http().get('/name').set('Cookie', cookie).expect(200, { name: 'here' });
    expect((await sessions.find(cookie.slice('sessionid='.length)))?.toJSON()).toEqual({ name: 'here' });
  });

  it('finds the session among 1,000 cookies', async () => {
    const cookie = await visitor({ name: 'here' });
    const others = Array.from({ length: 1000 }, (_, index) => `c${index}=${index}`);
    const header = [...others, cookie].join('; ');
    expect(header.length).toBeLessThan(16_384);
    await http().get('/name').set('Cookie', header).expect(200, { name: 'here' });
  });

  it('finds the session among several Cookie headers', async () => {
    const cookie = await visitor({ name: 'here' });
    const connection = new RawConnection(app);
    connection.write(
      `GET /name HTTP/1.1\r\nHost: localhost\r\nCookie: a=1\r\nCookie: ${cookie}\r\nCookie: b=2\r\n\r\n`,
    );
    expect(JSON.parse((await connection.answers(1))[0]!.body)).toEqual({ name: 'here' });
    await connection.destroy();
  });

  it('a header of 64 KiB is refused, and the next request is served', async () => {
    const connection = new RawConnection(app);
    connection.write(get('/name', 'x'.repeat(65_536)));
    expect((await connection.answers(1))[0]!.status).toBe(431);
    await connection.destroy();
    await http().get('/name').expect(200);
  });
});

describe.each(tolerant)('a server that accepts long headers on $name', (platform) => {
  let app: INestApplication;
  let key: string;

  beforeAll(async () => {
    app = await startApplication(platform, { controllers: [AbuseController] }, { engine: new MemoryEngine() });
    key = (await app.get(SessionService).create({ name: 'here' })).key!;
  });
  afterAll(() => app.close());

  it.each([
    ['one cookie of 64 KiB', 'x'.repeat(65_536)],
    ['64 KiB of separators', ';'.repeat(65_536)],
    ['64 KiB of spaces', ' '.repeat(65_536)],
    ['64 KiB of quotes', `a="${'\\"'.repeat(32_768)}`],
    ['64 KiB of percent signs', `a=${'%'.repeat(65_536)}`],
    ['10,000 cookies of one name', 'sessionid=x; '.repeat(10_000)],
    ['5,000 cookies', Array.from({ length: 5000 }, (_, index) => `cookie${index}=${index}`).join('; ')],
  ])('finds a session behind %s', async (_, header) => {
    const read = (path: string) =>
      request(app.getHttpServer()).get(path).set('Cookie', `sessionid=${key}; ${header}; last=1`);
    await read('/name').expect(200, { name: 'here' });
    expect((await read('/cookies').expect(200)).body.length).toBeGreaterThan(50_000);
  });
});

describe.each(platforms)('the heap on $name', (platform) => {
  const REQUESTS = 100_000;
  const BATCH = 500;
  const MEBIBYTE = 1024 * 1024;

  /** The heap that is left when nothing but what is still needed is. */
  async function heap(): Promise<number> {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    for (let round = 0; round < 3; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      collectGarbage();
    }
    return process.memoryUsage().heapUsed;
  }

  it('is the same after 100,000 requests', async () => {
    const app = await startApplication(platform, { controllers: [AbuseController] }, { engine: new MemoryEngine() });
    try {
      const cookie = `sessionid=${(await app.get(SessionService).create({ name: 'here' })).key}`;
      const some = [
        ...Array.from({ length: 10 }, () => get('/name', cookie)),
        ...Array.from({ length: 5 }, () => get('/cookies', cookie)),
        ...Array.from({ length: 5 }, () => post('/count', cookie)),
        ...Array.from({ length: 4 }, () => get('/name', `sessionid=${'u'.repeat(32)}`)),
        get('/nowhere', cookie),
      ];
      const batch = some.join('').repeat(BATCH / some.length);
      const send = async (requests: number): Promise<void> => {
        const connection = new RawConnection(app);
        for (let sent = 0; sent < requests; sent += BATCH) {
          connection.write(batch);
          await connection.skip(BATCH);
        }
        await connection.destroy();
      };
      // What is made on first use, and compiled when it is used often, is there before the count begins.
      await send(REQUESTS / 10);
      const before = await heap();
      await send(REQUESTS);
      expect((await heap()) - before).toBeLessThan(4 * MEBIBYTE);
    } finally {
      await app.close();
    }
  }, 600_000);

  it('is the same after 2,000 clients that left a handler which never ends', async () => {
    const app = await startApplication(platform, { controllers: [AbuseController] }, { engine: new MemoryEngine() });
    try {
      const cookie = `sessionid=${(await app.get(SessionService).create({ name: 'here' })).key}`;
      const leave = async (clients: number): Promise<void> => {
        for (let client = 0; client < clients; client++) {
          hasBegun = new Promise((resolve) => (begun = resolve));
          const connection = new RawConnection(app);
          connection.write(get('/never', cookie));
          await hasBegun;
          await connection.destroy();
        }
      };
      await leave(200);
      const before = await heap();
      await leave(2000);
      expect((await heap()) - before).toBeLessThan(4 * MEBIBYTE);
    } finally {
      await app.close();
    }
  }, 600_000);
});
