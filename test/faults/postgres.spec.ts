import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithPostgresServer, PostgresServer } from '../support/postgres-server.js';
import { SampleApplication, type Answer } from '../support/sample-application.js';

const VISITORS = 16;
const RESTARTS = 3;
/** Milliseconds: so much more than any answer should take that only one which never comes is late. */
const LATE = 30_000;
const TIMEOUT = 180_000;

/** Requests that come all the time, from several visitors at once, and what they were told. */
class Traffic extends EventEmitter {
  /** How often each status was answered. */
  readonly statuses = new Map<number, number>();
  readonly #visitors: Visitor[];
  readonly #surfing: Promise<void[]>;
  #isOver = false;

  constructor(app: SampleApplication) {
    super();
    const send: Visitor['send'] = (...request) => this.#send(app, ...request);
    this.#visitors = Array.from({ length: VISITORS }, (_, index) => new Visitor(send, index % 2 === 0));
    this.#surfing = Promise.all(this.#visitors.map((visitor) => visitor.surf(() => this.#isOver)));
    // Told to whoever waits next.
    this.#surfing.catch(() => undefined);
  }

  /** Resolves after so many more answers of that status. */
  async answers(status: number, count: number): Promise<void> {
    const enough = (this.statuses.get(status) ?? 0) + count;
    while ((this.statuses.get(status) ?? 0) < enough) await Promise.race([once(this, 'answer'), this.#surfing]);
  }

  async end(): Promise<readonly Visitor[]> {
    this.#isOver = true;
    await this.#surfing;
    return this.#visitors;
  }

  async #send(app: SampleApplication, ...[method, path, cookie, body]: Request): Promise<Answer> {
    const answer = await app.send(method, path, cookie, body, LATE);
    this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1);
    this.emit('answer');
    return answer;
  }
}

type Request = [method: string, path: string, cookie?: string, body?: object];

/** Someone who stores one key after the other, reads them back, and perhaps logs out now and then, whatever the answers. */
class Visitor {
  /** What is stored, by cookie, as this visitor was told. */
  readonly stored = new Map<string, Record<string, unknown>>();
  /** Cookies of sessions that have ended, as this visitor was told. */
  readonly ended: string[] = [];
  #cookie: string | undefined;

  constructor(
    readonly send: (...request: Request) => Promise<Answer>,
    private readonly logsOut: boolean,
  ) {}

  async surf(isOver: () => boolean): Promise<void> {
    for (let number = 1; !isOver(); number++) {
      await this.#store(`key${number}`, number);
      await this.#read();
      if (this.logsOut && number % 10 === 0) await this.#logOut();
    }
  }

  async #store(key: string, value: number): Promise<void> {
    const { status, cookie } = await this.send('PUT', `/session/${key}`, this.#cookie, { value });
    expect({ status, cookie }).toEqual(
      status === 200 ? { status, cookie: this.#cookie ?? expect.any(String) } : { status: 503, cookie: undefined },
    );
    if (cookie === undefined) return;
    this.#cookie = cookie;
    this.stored.set(cookie, { ...this.stored.get(cookie), [key]: value });
  }

  /** Never as a stranger. */
  async #read(): Promise<void> {
    const { status, text } = await this.send('GET', '/session', this.#cookie);
    expect([200, 503]).toContain(status);
    if (status === 200) expect(JSON.parse(text).data).toMatchObject(this.stored.get(this.#cookie ?? '') ?? {});
  }

  async #logOut(): Promise<void> {
    const cookie = this.#cookie;
    const { status } = await this.send('POST', '/logout', cookie);
    expect([201, 503]).toContain(status);
    if (cookie === undefined) return;
    // Without an answer of the database nobody knows whether the session has ended.
    this.stored.delete(cookie);
    if (status === 201) this.ended.push(cookie);
    this.#cookie = undefined;
  }
}

await describeWithPostgresServer('PostgreSQL that restarts while requests come', () => {
  let folder: string;
  let server: PostgresServer;
  let app: SampleApplication;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
    server = await PostgresServer.start();
    app = await SampleApplication.start(folder, { SESSION_ENGINE: 'db', DATABASE_URL: server.url });
  }, TIMEOUT);

  afterAll(async () => {
    await app?.end();
    await server?.dispose();
    await rm(folder, { recursive: true });
  });

  it.each(['fast', 'immediate'] as const)(
    'costs some of them a 503 and nothing that was stored, when it goes down %s, again and again',
    async (mode) => {
      const traffic = new Traffic(app);
      for (let time = 0; time < RESTARTS; time++) {
        await traffic.answers(200, 50);
        await server.stop(mode);
        await traffic.answers(503, 50);
        await server.start();
      }
      await traffic.answers(200, 100);
      const visitors = await traffic.end();

      expect([200, 201, 503]).toEqual(expect.arrayContaining([...traffic.statuses.keys()]));
      for (const { stored, ended } of visitors) {
        for (const [cookie, data] of stored) expect(await app.data(cookie)).toMatchObject(data);
        for (const cookie of ended) expect(await app.data(cookie)).toEqual({});
      }
      expect(app.isRunning).toBe(true);
    },
    TIMEOUT,
  );

  it(
    'is told in the answer without a cookie and without details, and works again when it is back',
    async () => {
      const { cookie } = await app.send('PUT', '/session/before', undefined, { value: 1 });
      await server.stop();
      for (const [method, path] of [
        ['GET', '/session'],
        ['PUT', '/session/during'],
        ['POST', '/logout'],
      ] as const) {
        const body = method === 'PUT' ? { value: 2 } : undefined;
        const answer = await app.send(method, path, cookie, body, LATE);
        expect(answer).toEqual({ status: 503, cookie: undefined, text: expect.stringContaining('not available') });
        expect(answer.text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|postgres/i);
      }
      await server.start();
      expect(await app.data(cookie!)).toEqual({ before: 1 });
      expect(app.isRunning).toBe(true);
    },
    TIMEOUT,
  );
});
