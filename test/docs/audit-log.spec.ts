import type { INestApplication, Type } from '@nestjs/common';
import { SessionService } from 'nest-sessions';
import request from 'supertest';
import { DataSource } from 'typeorm';
import type { AuditLog } from '../../docs/examples/audit-log/audit-log.js';
import { UsersService } from '../../docs/examples/login/users.service.js';
import { sessionFingerprint } from '../../src/session/session-key.js';
import { cookieOf, platforms } from '../support/applications.js';
import { TestClock } from '../support/test-clock.js';
import { setEnvironment, startExample } from './start-example.js';

const FORM = { name: 'ann', password: 'correct horse' };

let AppModule: Type;
let Log: typeof AuditLog;
beforeAll(async () => {
  setEnvironment({});
  ({ AppModule } = await import('../../docs/examples/audit-log/app.module.js'));
  ({ AuditLog: Log } = await import('../../docs/examples/audit-log/audit-log.js'));
});

describe.each(platforms)('the audit log of the docs on $name', (platform) => {
  let app: INestApplication;
  let clock: TestClock;
  let userId: string;

  beforeAll(async () => {
    clock = new TestClock();
    app = await startExample(platform, AppModule, clock);
    userId = String((await app.get(UsersService).add(FORM.name, FORM.password)).id);
  });
  afterAll(() => app.close());

  const post = (path: string, body: object, cookie = '') =>
    request(app.getHttpServer()).post(path).set('Cookie', cookie).set('User-Agent', 'Test').send(body);
  const nameOf = (cookie: string): string => sessionFingerprint(cookie.slice('sessionid='.length));
  /** The rows without what is empty, once all are written. */
  const rows = async (): Promise<object[]> => {
    await app.get(Log).add({ type: 'the end' });
    const found: object[] = await app.get(DataSource).query('SELECT * FROM audit_entry ORDER BY id');
    await app.get(DataSource).query('DELETE FROM audit_entry');
    return found
      .slice(0, -1)
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).filter(([name, value]) => value !== null && !['id', 'at'].includes(name)),
        ),
      );
  };
  const ipAddress = expect.stringContaining('127.0.0.1');

  it('says who logged in and out, from where', async () => {
    const first = await app.get(SessionService).create({ cart: [1] });
    const login = cookieOf(await post('/login', FORM, `sessionid=${first.key}`).expect(204))!;
    await post('/logout', {}, login).expect(204);
    const session = nameOf(login);
    expect(await rows()).toEqual([
      { type: 'rotated', session, previous: sessionFingerprint(first.key!), user: userId, ipAddress },
      { type: 'deleted', session, user: userId, ipAddress },
    ]);
  });

  it('says when a password was wrong, and nothing of what was typed', async () => {
    await post('/login', { name: 'correct horse', password: 'ann' }).expect(401);
    expect(await rows()).toEqual([{ type: 'login failed', ipAddress }]);
  });

  it('has an entry for a login without a session before it', async () => {
    const login = cookieOf(await post('/login', FORM).expect(204))!;
    expect(await rows()).toEqual([{ type: 'created', session: nameOf(login), user: userId, ipAddress }]);
  });

  it('has none for what strangers can cause as often as they like', async () => {
    await post('/logout', {}, `sessionid=${'u'.repeat(32)}`).expect(204);
    await app.get(SessionService).create({ cart: [1] });
    expect(await rows()).toEqual([]);
  });

  it('has one for data that was altered, and one for all that have expired', async () => {
    await app.get(DataSource).query('DELETE FROM session');
    const { key } = await app.get(SessionService).create({ a: 1 });
    await app.get(SessionService).create({ a: 1 });
    await app.get(DataSource).query("UPDATE session SET session_data = 'altered' WHERE 1 = 1");
    await post('/logout', {}, `sessionid=${key}`).expect(204);
    clock.advance(1209600);
    await app.get(SessionService).clearExpired();
    expect(await rows()).toEqual([
      { type: 'rejected', session: sessionFingerprint(key!), ipAddress, note: 'corrupted' },
      { type: 'expired', note: '2 sessions' },
    ]);
  });

  it('never holds a key', async () => {
    const keys: string[] = [];
    let cookie = '';
    for (let login = 0; login < 3; login++) {
      cookie = cookieOf(await post('/login', FORM, cookie).expect(204))!;
      keys.push(cookie.slice('sessionid='.length));
    }
    const text = JSON.stringify(await rows());
    expect(text).toContain(sessionFingerprint(keys[2]!));
    for (const key of keys) expect(text).not.toContain(key.slice(0, 9));
  });

  it('forgets what is old', async () => {
    const log = app.get(Log);
    const day = (date: number): Date => new Date(Date.UTC(2026, 0, date));
    for (const at of [1, 2, 3]) await log.add({ type: `of day ${at}`, at: day(at) });
    expect(await log.forget(day(3))).toBe(2);
    expect(await rows()).toEqual([{ type: 'of day 3' }]);
  });

  it('lets requests through while it cannot be written', async () => {
    await app.get(DataSource).query('ALTER TABLE audit_entry RENAME TO elsewhere');
    const login = cookieOf(await post('/login', FORM).expect(204))!;
    await post('/logout', {}, login).expect(204);
    await app.get(Log).add({ type: 'lost' });
    await app.get(DataSource).query('ALTER TABLE elsewhere RENAME TO audit_entry');
    expect(await rows()).toEqual([]);
  });

  it('is written to the end when the application stops', async () => {
    const log = app.get(Log);
    for (let entry = 0; entry < 5; entry++) void log.add({ type: `entry ${entry}` });
    await log.beforeApplicationShutdown();
    await app.get(SessionService).create({ userId });
    expect(await rows()).toHaveLength(5);
  });
});
