import type { INestApplication } from '@nestjs/common';
import { SessionService } from 'nest-sessions';
import { MemoryEngine } from 'nest-sessions/testing';
import { cookieOf, platforms, setCookies, startApplication } from '../support/applications.js';
import { PendingResponse } from '../support/pending-response.js';
import { configureKinds, KindsModule, type ResponseKind, responseKinds } from '../support/response-kinds.js';
import type { Injected } from '../support/inject-every-kind.js';
import { ResponsesTable } from '../support/responses-table.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';
import { StagedEngine } from '../support/staged-engine.js';

const table = new ResponsesTable(responseKinds, platforms);

describe.each(platforms)('on $name', (platform) => {
  let app: INestApplication;
  let engine: StagedEngine;
  let sessions: SessionService;

  beforeAll(async () => {
    engine = new StagedEngine(new MemoryEngine());
    app = await startApplication(platform, { imports: [KindsModule] }, { engine }, configureKinds);
    sessions = app.get(SessionService);
  });
  afterAll(() => app.close());
  beforeEach(() => engine.takeCalls());

  const send = ({ path, method, headers }: ResponseKind, cookie?: string): PendingResponse =>
    new PendingResponse(app, { path, method, headers: { ...headers, ...(cookie ? { Cookie: cookie } : {}) } });
  const untouched = () => new PendingResponse(app, { path: '/api/untouched' }).body();
  const stored = async (cookie: string) => (await sessions.find(cookie.slice('sessionid='.length)))?.toJSON();

  describe.each(responseKinds.filter(({ isStored = true }) => isStored))('$name', (kind) => {
    it('is sent when the session is stored, and not before', async () => {
      const held = engine.hold('create');
      const response = send(kind);
      await held.arrived;
      // Two whole requests later nothing has come of the first.
      expect([await untouched(), await untouched(), response.hasHead]).toEqual(['untouched', 'untouched', false]);
      held.release();
      const head = await response.head;
      const cookie = cookieOf(head);
      expect(head.statusCode).toBe(kind.status);
      expect(cookie).toMatch(/^sessionid=[a-z0-9]{32}$/);
      expect(head.headers.vary).toContain('Cookie');
      expect(await stored(cookie!)).toEqual({ changes: 1 });
      expect(await response.body()).toContain(kind.body ?? '');
      expect(head.complete).toBe(true);
      expect(engine.takeCalls().filter((call) => call !== 'load')).toEqual(['create']);
      table.note(kind.name, platform.name, `${head.statusCode} once the session is stored`);
    });

    it('of a known visitor is sent with the same key', async () => {
      const { key } = await sessions.create({ before: true });
      engine.takeCalls();
      const response = send(kind, `sessionid=${key}`);
      const head = await response.head;
      expect(head.statusCode).toBe(kind.status);
      expect(cookieOf(head)).toBe(`sessionid=${key}`);
      expect(await stored(`sessionid=${key}`)).toEqual({ before: true, changes: 1 });
      expect(await response.body()).toContain(kind.body ?? '');
      expect(engine.takeCalls().slice(0, 2)).toEqual(['load', 'replace']);
    });

    it('is an error without a cookie when the store fails', async () => {
      engine.fail('create', new Error('down'));
      const response = send(kind);
      const head = await response.head;
      const body = await response.body();
      expect(head.statusCode).toBe(503);
      expect(setCookies(head).filter((cookie) => cookie.startsWith('sessionid='))).toEqual([]);
      expect(head.headers['content-type']).toContain('application/json');
      if (kind.method === 'HEAD') expect(body).toBe('');
      else expect(JSON.parse(body)).toMatchObject({ statusCode: 503 });
      expect(head.complete).toBe(true);
      table.note(kind.name, platform.name, `${head.statusCode} if that fails`);
    });
  });

  describe.each(responseKinds.filter(({ isStored = true }) => !isStored))('$name', (kind) => {
    it('stores nothing', async () => {
      const { key } = await sessions.create({ before: true });
      const response = send(kind, `sessionid=${key}`);
      const head = await response.head;
      expect(head.statusCode).toBe(kind.status);
      expect(setCookies(head)).toEqual([]);
      expect(await response.body()).toContain(kind.body ?? '');
      expect(await stored(`sessionid=${key}`)).toEqual({ before: true });
      table.note(kind.name, platform.name, `${head.statusCode}, nothing is stored`);
    });
  });
});

it('app.inject() gets what clients get', async () => {
  const { lines, ended } = spawnTypeScript(new URL('../support/inject-every-kind.ts', import.meta.url));
  const injected: Injected[] = [];
  for await (const line of lines) injected.push(JSON.parse(line) as Injected);
  expect(await ended).toBe(0);
  expect(injected).toEqual(
    responseKinds.map(({ name, status, body = '', isStored = true }) => ({
      name,
      status,
      body: expect.stringContaining(body),
      stored: isStored ? { changes: 1 } : undefined,
      failed: { status: isStored ? 503 : status, hasCookie: false },
    })),
  );
});

it('docs/responses.md shows what was seen here', async () => {
  expect(await table.checkedIn()).toBe(table.text);
});
