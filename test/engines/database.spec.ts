import { Column, Entity, Index, QueryFailedError, type DataSource } from 'typeorm';
import { describeSessionEngine } from 'nest-sessions/testing';
import type { SessionEngine, SessionToStore, StoredSession } from '../../src/engines/session-engine.js';
import { UnsupportedByEngineError } from '../../src/errors/index.js';
import { BaseSession, DatabaseEngine, SessionEntity } from '../../src/typeorm.js';
import { databases, StatementLog } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';

@Entity('account_session')
class AccountSession extends BaseSession {
  @Index()
  @Column({ name: 'account_id', type: 'integer', nullable: true })
  accountId?: number;

  @Column({ name: 'roles', type: 'simple-json', nullable: true })
  roles?: string[];

  @Column({ name: 'origin', type: 'varchar', length: 20, default: 'web' })
  origin?: string;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.accountId = values.accountId as number | undefined;
    this.roles = values.roles as string[] | undefined;
    this.origin = values.origin as string | undefined;
  }
}

@Entity('user_session')
class UserSession extends SessionEntity {
  @Column({ name: 'account_id', type: 'integer', nullable: true })
  accountId?: number;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.accountId = values.accountId as number | undefined;
  }
}

@Entity('unique_session')
class UniqueSession extends BaseSession {
  @Column({ name: 'device', type: 'varchar', length: 40, unique: true, nullable: true })
  device?: string;

  override fill(values: Readonly<Record<string, unknown>>): void {
    this.device = values.device as string;
  }
}

const entities = [SessionEntity, AccountSession, UserSession, UniqueSession];
const ANN = 'a'.repeat(32);
const BEN = 'b'.repeat(64);

for (const database of databases) {
  await describeWith(database.service, `The database engine on ${database.name}`, () => {
    const log = new StatementLog();
    let dataSource: DataSource;
    let clock: TestClock;
    let engine: DatabaseEngine;

    beforeAll(async () => {
      dataSource = await database.open(entities, { logger: log });
    });
    afterAll(() => dataSource?.destroy());
    beforeEach(async () => {
      clock = new TestClock();
      engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      for (const entity of entities) await dataSource.getRepository(entity).clear();
      log.take();
    });

    const session = (data: string, seconds = 60): StoredSession => ({
      data,
      expiresAt: new Date(clock.now() + seconds * 1000),
    });
    const count = (): Promise<number> => dataSource.getRepository(SessionEntity).count();
    const keyNumber = (index: number): string => `session${String(index).padStart(5, '0')}`;

    describeSessionEngine('keeps the contract', (context) => new DatabaseEngine(dataSource, SessionEntity, context), {
      listsByUser: true,
    });

    describe('create and load', () => {
      it('gives back what was stored, to the millisecond', async () => {
        expect(await engine.create(KEY, session('first', 60.123))).toBe(true);
        expect(await engine.load(KEY)).toEqual(session('first', 60.123));
      });

      it('gives back an expiry of a whole second', async () => {
        const stored = { data: 'whole', expiresAt: new Date('2030-01-02T03:04:05Z') };
        await engine.create(KEY, stored);
        expect(await engine.load(KEY)).toEqual(stored);
      });

      it('keeps an expiry beyond the year 9999 as the last instant before it', async () => {
        await engine.create(KEY, { data: 'eternal', expiresAt: new Date('+012345-01-01T00:00:00Z') });
        expect(await engine.load(KEY)).toEqual({ data: 'eternal', expiresAt: new Date('9999-12-31T23:59:59.999Z') });
      });

      it('knows nothing of a missing key', async () => {
        expect(await engine.load(KEY)).toBeUndefined();
      });

      it('changes nothing when the key is taken', async () => {
        await engine.create(KEY, session('first'));
        expect(await engine.create(KEY, session('second', 120))).toBe(false);
        expect(await engine.load(KEY)).toEqual(session('first'));
      });

      it('counts a key as taken while an expired row holds it', async () => {
        await engine.create(KEY, session('first', 1));
        clock.advance(1);
        expect(await engine.create(KEY, session('second'))).toBe(false);
        expect(await engine.load(KEY)).toBeUndefined();
      });

      it('ends a session at the instant of its expiry, not before', async () => {
        await engine.create(KEY, session('short', 2));
        clock.advance(1.999);
        expect(await engine.load(KEY)).toBeDefined();
        clock.advance(0.001);
        expect(await engine.load(KEY)).toBeUndefined();
      });

      it('keeps a megabyte, and swaps it', async () => {
        const large = 'x'.repeat(1_000_000);
        await engine.create(KEY, session(large));
        expect((await engine.load(KEY))?.data === large).toBe(true);
        expect(await engine.replace(KEY, session(`${large}y`), session(large))).toBe('replaced');
        expect((await engine.load(KEY))?.data === `${large}y`).toBe(true);
      });

      it('keeps any text', async () => {
        const texts = ['', ' ', "it's", '"\\\n\r\t', 'naïve Ünïcödé', '漢字', '🍪 ‮ ', '%_?$1:key'];
        for (const [index, text] of texts.entries()) {
          const key = keyNumber(index);
          await engine.create(key, session(text));
          expect(await engine.load(key)).toEqual(session(text));
          expect(await engine.replace(key, session(`${text}+`), session(text))).toBe('replaced');
          expect(await engine.load(key)).toEqual(session(`${text}+`));
        }
      });
    });

    describe('replace', () => {
      it('stores the new data and expiry', async () => {
        await engine.create(KEY, session('first'));
        expect(await engine.replace(KEY, session('second', 120), session('first'))).toBe('replaced');
        expect(await engine.load(KEY)).toEqual(session('second', 120));
      });

      it('changes nothing when another writer was first', async () => {
        await engine.create(KEY, session('first'));
        expect(await engine.replace(KEY, session('third', 120), session('second'))).toBe('changed');
        expect(await engine.load(KEY)).toEqual(session('first'));
      });

      it.each(['FIRST', 'first ', 'fírst'])('takes %j for a change of "first"', async (other) => {
        await engine.create(KEY, session('first'));
        expect(await engine.replace(KEY, session('second'), session(other))).toBe('changed');
      });

      it('reports a change when the other writer stored the very same text', async () => {
        await engine.create(KEY, session('one'));
        expect(await engine.replace(KEY, session('two'), session('one'))).toBe('replaced');
        expect(await engine.replace(KEY, session('two'), session('one'))).toBe('changed');
      });

      it('succeeds when nothing differs', async () => {
        await engine.create(KEY, session('same'));
        expect(await engine.replace(KEY, session('same'), session('same'))).toBe('replaced');
      });

      it('stores nothing for a deleted session', async () => {
        await engine.create(KEY, session('first'));
        await engine.delete(KEY);
        expect(await engine.replace(KEY, session('second'), session('first'))).toBe('gone');
        expect(await count()).toBe(0);
      });

      it('does not bring an expired session back', async () => {
        await engine.create(KEY, session('first', 1));
        clock.advance(1);
        expect(await engine.replace(KEY, session('second'), session('first'))).toBe('gone');
        expect(await engine.load(KEY)).toBeUndefined();
      });

      it('lets exactly one of many writers through', async () => {
        await engine.create(KEY, session('start'));
        const writers = Array.from({ length: 20 }, (_, index) =>
          engine.replace(KEY, session(`writer ${index}`), session('start')),
        );
        const outcomes = await Promise.all(writers);
        expect(outcomes.filter((outcome) => outcome === 'replaced')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(19);
        expect((await engine.load(KEY))?.data).toBe(`writer ${outcomes.indexOf('replaced')}`);
      });
    });

    describe('touch and delete', () => {
      it('moves the expiry forward and leaves the data', async () => {
        await engine.create(KEY, session('data'));
        expect(await engine.touch(KEY, new Date(clock.now() + 90_500))).toBe(true);
        expect(await engine.load(KEY)).toEqual(session('data', 90.5));
      });

      it('never moves the expiry back', async () => {
        await engine.create(KEY, session('data', 60));
        for (const seconds of [60, 30, -30]) {
          expect(await engine.touch(KEY, new Date(clock.now() + seconds * 1000))).toBe(true);
          expect(await engine.load(KEY)).toEqual(session('data', 60));
        }
      });

      it('neither creates a session nor revives an expired one', async () => {
        expect(await engine.touch(KEY, new Date(clock.now() + 60_000))).toBe(false);
        expect(await count()).toBe(0);
        await engine.create(KEY, session('data', 1));
        clock.advance(1);
        expect(await engine.touch(KEY, new Date(clock.now() + 60_000))).toBe(false);
        expect(await engine.load(KEY)).toBeUndefined();
      });

      it('deletes a session and no other, and minds no missing one', async () => {
        await engine.create(KEY, session('data'));
        await engine.create(`${KEY}x`, session('other'));
        await engine.delete(KEY);
        await engine.delete(KEY);
        expect(await engine.load(KEY)).toBeUndefined();
        expect(await engine.load(`${KEY}x`)).toEqual(session('other'));
      });
    });

    describe('deleteExpired', () => {
      it('removes at most the limit, the longest expired first, and no live session', async () => {
        for (let index = 0; index < 5; index++) await engine.create(keyNumber(index), session('old', 5 - index));
        const live = session('live');
        await engine.create(KEY, live);
        clock.advance(5);
        expect(await engine.deleteExpired(2)).toBe(2);
        const left = await dataSource.getRepository(SessionEntity).find();
        expect(left.map((row) => row.sessionKey).toSorted()).toEqual([KEY, ...[0, 1, 2].map(keyNumber)]);
        expect(await engine.deleteExpired(10)).toBe(3);
        expect(await engine.deleteExpired(10)).toBe(0);
        expect(await engine.load(KEY)).toEqual(live);
      });

      it('leaves a session that was renewed in time', async () => {
        await engine.create(KEY, session('data', 1));
        await engine.touch(KEY, new Date(clock.now() + 60_000));
        clock.advance(1);
        expect(await engine.deleteExpired(10)).toBe(0);
        expect(await engine.load(KEY)).toBeDefined();
      });

      it('removes each session once when four run at the same time as writers', async () => {
        for (let index = 0; index < 400; index++) {
          await engine.create(keyNumber(index), session('data', index % 2 ? -index : index + 1));
        }
        const prune = async (): Promise<number> => {
          let total = 0;
          for (let idle = 0; idle < 3;) {
            const removed = await engine.deleteExpired(7);
            expect(removed).toBeLessThanOrEqual(7);
            total += removed;
            idle = removed ? 0 : idle + 1;
          }
          return total;
        };
        const write = async (): Promise<void> => {
          for (let index = 0; index < 400; index += 8) {
            await engine.replace(keyNumber(index), session(`new ${index}`, 20), session('data'));
            await engine.touch(keyNumber(index + 2), new Date(clock.now() + 30_000));
            await engine.delete(keyNumber(index + 4));
          }
        };
        const [totals] = await Promise.all([Promise.all([prune(), prune(), prune(), prune()]), write(), write()]);
        expect(totals.reduce((sum, total) => sum + total)).toBe(200);
        expect(await count()).toBe(150);
      });
    });

    describe('statements', () => {
      it('needs one for each operation that succeeds', async () => {
        const measure = async (operation: Promise<unknown>): Promise<number> => {
          await operation;
          return log.take().length;
        };
        expect(await measure(engine.create(KEY, session('first')))).toBe(1);
        expect(await measure(engine.load(KEY))).toBe(1);
        expect(await measure(engine.replace(KEY, session('second'), session('first')))).toBe(1);
        expect(await measure(engine.touch(KEY, new Date(clock.now() + 120_000)))).toBe(1);
        expect(await measure(engine.deleteExpired(10))).toBe(1);
        expect(await measure(engine.delete(KEY))).toBe(1);
        expect(await measure(engine.replace(KEY, session('third'), session('second')))).toBe(2);
      });

      it.each([
        '',
        'short',
        KEY.toUpperCase(),
        `${KEY}\0`,
        `${KEY} `,
        `${KEY}\n`,
        'é'.repeat(32),
        'a'.repeat(65),
        "' OR 1=1 --",
      ])('sends none for the text %j, which is no key', async (key) => {
        expect(await engine.load(key)).toBeUndefined();
        expect(await engine.replace(key, session('b'), session('a'))).toBe('gone');
        expect(await engine.touch(key, new Date(clock.now() + 60_000))).toBe(false);
        await engine.delete(key);
        const refusal = await engine.create(key, session('a')).catch((error: unknown) => error);
        expect(refusal).toMatchObject({ code: 'SESSION_KEY', message: expect.not.stringContaining(KEY.toUpperCase()) });
        expect(log.take()).toEqual([]);
      });

      it('finds the row by an index', async () => {
        for (let index = 0; index < 300; index++) await engine.create(keyNumber(index), session('data'));
        log.take();
        await engine.load(keyNumber(1));
        await engine.replace(keyNumber(1), session('new'), session('data'));
        await engine.delete(keyNumber(2));
        const explain = database.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
        for (const { sql, parameters } of log.take()) {
          const plan: unknown = await dataSource.query(`${explain} ${sql}`, parameters);
          expect(JSON.stringify(plan)).toMatch(/Index Scan using|"key":"PRIMARY"|session_key=\?/i);
        }
      });
    });

    describe('the sessions of a user', () => {
      const of = (user: string | null | undefined, data = 'data', seconds = 60): SessionToStore => ({
        ...session(data, seconds),
        user,
      });
      const markOf = async (key: string): Promise<string | null | undefined> =>
        (await dataSource.getRepository(SessionEntity).findOneBy({ sessionKey: key }))?.userMark;

      it('are listed with one statement, as load gives them', async () => {
        await engine.create(keyNumber(1), of(ANN, 'first'));
        await engine.create(keyNumber(2), of(ANN, 'second', 90.5));
        await engine.create(keyNumber(3), of(BEN));
        log.take();
        expect((await engine.listByUser(ANN)).toSorted((a, b) => a.key.localeCompare(b.key))).toEqual([
          { key: keyNumber(1), ...session('first') },
          { key: keyNumber(2), ...session('second', 90.5) },
        ]);
        expect(log.take()).toHaveLength(1);
      });

      it('are known by a column that the same statement writes, or leaves as it is', async () => {
        await engine.create(KEY, of(ANN));
        expect(await markOf(KEY)).toBe(ANN);
        await engine.replace(KEY, of(undefined, 'second'), session('data'));
        expect(await markOf(KEY)).toBe(ANN);
        await engine.replace(KEY, of(BEN, 'third'), session('second'));
        expect(await markOf(KEY)).toBe(BEN);
        await (engine as SessionEngine).touch(KEY, session('', 90).expiresAt, ANN);
        expect(await markOf(KEY)).toBe(BEN);
        await engine.replace(KEY, of(null, 'fourth'), session('third'));
        expect(await markOf(KEY)).toBeNull();
        await engine.replace(KEY, of(ANN, 'fifth'), session('somebody else’s'));
        expect(await markOf(KEY)).toBeNull();
      });

      it('cost nobody anything who does not ask for them: no statement names the column', async () => {
        await engine.create(KEY, session('first'));
        await engine.replace(KEY, session('second'), session('first'));
        await engine.touch(KEY, session('', 90).expiresAt);
        await engine.load(KEY);
        const statements = log.take();
        expect(statements).toHaveLength(4);
        for (const { sql } of statements) expect(sql).not.toContain('user_mark');
      });

      it.each(['', 'short', ANN.toUpperCase(), `${ANN} `, 'á'.repeat(32), 'a'.repeat(65), '%'.repeat(8)])(
        'are none for %j, which stands for nobody, and no statement is sent',
        async (user) => {
          await engine.create(KEY, of(ANN));
          log.take();
          expect(await engine.listByUser(user)).toEqual([]);
          expect(log.take()).toEqual([]);
        },
      );

      it('are kept beside the columns of an entity that extends SessionEntity', async () => {
        const users = new DatabaseEngine(dataSource, UserSession, { clock });
        await users.create(KEY, { ...of(ANN), values: { accountId: 7 } });
        await users.replace(KEY, { ...of(undefined, 'next'), values: { accountId: 8 } }, session('data'));
        const row = await dataSource.getRepository(UserSession).findOneBy({ sessionKey: KEY });
        expect(row).toMatchObject({ accountId: 8, userMark: ANN });
        expect(await users.listByUser(ANN)).toEqual([{ key: KEY, ...session('next') }]);
      });

      it('are not known to an entity without the column, which keeps sessions all the same and says what to do', async () => {
        const accounts = new DatabaseEngine(dataSource, AccountSession, { clock });
        expect(await accounts.create(KEY, of(ANN))).toBe(true);
        expect(await accounts.replace(KEY, of(BEN, 'next'), session('data'))).toBe('replaced');
        expect(await (accounts as SessionEngine).touch(KEY, session('', 90).expiresAt, BEN)).toBe(true);
        expect(await accounts.load(KEY)).toEqual(session('next', 90));
        const listing = accounts.listByUser(BEN);
        await expect(listing).rejects.toBeInstanceOf(UnsupportedByEngineError);
        await expect(listing).rejects.toThrow(
          'The session engine db with the entity AccountSession cannot list the sessions of a user. Use SessionEntity ' +
            "of 'nest-sessions/typeorm', which has the column user_mark, or an entity that extends it.",
        );
      });

      it('are found by the index among those of many users', async () => {
        const count = 20_000;
        const repository = dataSource.getRepository(SessionEntity);
        const row = (index: number) => ({
          sessionKey: keyNumber(index),
          sessionData: 'data',
          expireDate: new Date(clock.now() + 3_600_000),
          userMark: index % 2 ? `user${index % 5000}`.padEnd(32, '0') : null,
        });
        for (let start = 0; start < count; start += 1000) {
          await repository.insert(Array.from({ length: 1000 }, (_, index) => row(start + index)));
        }
        await dataSource.query(database.name === 'MariaDB' ? 'ANALYZE TABLE session' : 'ANALYZE');
        const [index] = dataSource.getMetadata(SessionEntity).indices.filter(({ where }) => where);
        log.take();
        expect(await engine.listByUser(row(1).userMark!)).toHaveLength(4);
        const [{ sql, parameters } = { sql: '', parameters: [] as unknown[] }] = log.take();
        const explain = database.name === 'SQLite' ? 'EXPLAIN QUERY PLAN' : 'EXPLAIN';
        const plan: unknown = await dataSource.query(`${explain} ${sql}`, parameters);
        expect(JSON.stringify(plan)).toContain(index!.name);
        expect(JSON.stringify(plan)).toMatch(/Index Cond|"type":"ref"|user_mark=\?/);
      });
    });

    describe('an entity with more columns', () => {
      let accounts: DatabaseEngine;
      const accountOf = (): Promise<AccountSession | null> =>
        dataSource.getRepository(AccountSession).findOneBy({ sessionKey: KEY });

      beforeEach(() => {
        accounts = new DatabaseEngine(dataSource, AccountSession, { clock });
      });

      it('has them filled when a session is created and when it is replaced', async () => {
        await accounts.create(KEY, { ...session('a'), values: { accountId: 7, roles: ['admin'], origin: 'app' } });
        expect(await accountOf()).toMatchObject({ accountId: 7, roles: ['admin'], origin: 'app', sessionData: 'a' });
        await accounts.replace(KEY, { ...session('b'), values: { accountId: 8, roles: [] } }, session('a'));
        expect(await accountOf()).toMatchObject({ accountId: 8, roles: [], sessionData: 'b' });
      });

      it('empties a nullable column that is left undefined and keeps any other', async () => {
        await accounts.create(KEY, { ...session('a'), values: { accountId: 7 } });
        expect(await accountOf()).toMatchObject({ accountId: 7, roles: null, origin: 'web' });
        await accounts.replace(KEY, { ...session('b'), values: { origin: 'app' } }, session('a'));
        await accounts.replace(KEY, session('c'), session('b'));
        expect(await accountOf()).toMatchObject({ accountId: null, roles: null, origin: 'app', sessionData: 'c' });
      });

      it('has none of them written when another writer was first', async () => {
        await accounts.create(KEY, { ...session('a'), values: { accountId: 7 } });
        expect(await accounts.replace(KEY, { ...session('c'), values: { accountId: 9 } }, session('b'))).toBe(
          'changed',
        );
        expect(await accountOf()).toMatchObject({ accountId: 7 });
      });

      it('writes each with one statement', async () => {
        await accounts.create(KEY, { ...session('a'), values: { accountId: 7 } });
        await accounts.replace(KEY, { ...session('b'), values: { accountId: 8 } }, session('a'));
        expect(log.take()).toHaveLength(2);
      });

      it('rejects when a unique column is violated, and tells that from a taken key', async () => {
        const devices = new DatabaseEngine(dataSource, UniqueSession, { clock });
        await devices.create(KEY, { ...session('a'), values: { device: 'phone' } });
        expect(await devices.create(KEY, { ...session('b'), values: { device: 'desk' } })).toBe(false);
        await expect(devices.create(`${KEY}x`, { ...session('b'), values: { device: 'phone' } })).rejects.toThrow(
          /unique|duplicate/i,
        );
        await expect(devices.create(`${KEY}x`, { ...session('b'), values: { device: "PRIMARY'" } })).resolves.toBe(
          true,
        );
        await expect(
          devices.create(`${KEY}y`, { ...session('b'), values: { device: "PRIMARY'" } }),
        ).rejects.toBeInstanceOf(QueryFailedError);
      });
    });

    it('rejects, and never reports a missing session, when the database fails', async () => {
      const broken = await database.open([SessionEntity], { synchronize: false });
      const failing = new DatabaseEngine(broken, SessionEntity, { clock });
      try {
        await expect(failing.load(KEY)).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.create(KEY, session('a'))).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.replace(KEY, session('b'), session('a'))).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.touch(KEY, new Date(clock.now() + 60_000))).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.delete(KEY)).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.deleteExpired(1)).rejects.toBeInstanceOf(QueryFailedError);
        await expect(failing.listByUser(ANN)).rejects.toBeInstanceOf(QueryFailedError);
      } finally {
        await broken.destroy();
      }
    });
  });
}
