import { jest } from '@jest/globals';
import { DataSource, Entity, PrimaryColumn } from 'typeorm';
import { SessionOptionsError } from '../../src/errors/index.js';
import {
  CreateSessionTable1700000000000,
  DatabaseEngine,
  DjangoSessionEntity,
  SessionEntity,
} from '../../src/typeorm.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
/** The instant of the TestClock, as Django writes it. */
const NOW = '2023-11-14 22:13:20.250000';

@Entity('other')
class OtherEntity {
  @PrimaryColumn()
  id!: number;
}

/** Runs tests with a DataSource that is gone afterwards. */
async function using<T>(opening: Promise<DataSource>, test: (dataSource: DataSource) => Promise<T>): Promise<T> {
  const dataSource = await opening;
  try {
    return await test(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Resolves when a condition holds, or when the operation that should bring it about has ended without. */
async function until(operation: Promise<unknown>, condition: () => Promise<boolean>): Promise<void> {
  const end = operation.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([end, condition()])));
}

async function expectInSync(dataSource: DataSource): Promise<void> {
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  expect(upQueries.map(({ query }) => query)).toEqual([]);
}

function database(name: TestDatabase['name']): TestDatabase {
  return databases.find((candidate) => candidate.name === name)!;
}

for (const { name, service, open: openAny } of databases) {
  // By the type 'mysql' TypeORM takes what MariaDB says of a column that may be NULL for a change, also where none is due.
  const type = name === 'MariaDB' ? { type: 'mariadb' } : {};
  const open: TestDatabase['open'] = (entities, overrides) => openAny(entities, { ...type, ...overrides });
  await describeWith(service, `The session table on ${name}`, () => {
    const clock = new TestClock();
    const soon = new Date(clock.now() + 60_000);

    it('is created by synchronize and then needs no change', async () => {
      await using(open([SessionEntity]), async (dataSource) => {
        await expectInSync(dataSource);
        await dataSource.synchronize();
        await expectInSync(dataSource);
      });
    });

    it('has the column types of Django, and a column for what stands for the user', async () => {
      const types = {
        PostgreSQL: ['character varying', 'text', 'timestamp with time zone', 'character varying'],
        MariaDB: ['varchar', 'longtext', 'datetime', 'varchar'],
        SQLite: ['varchar', 'text', 'datetime', 'varchar'],
      };
      const names = ['session_key', 'session_data', 'expire_date', 'user_mark'];
      await using(open([SessionEntity]), async (dataSource) => {
        const runner = dataSource.createQueryRunner();
        const table = await runner.getTable('session');
        await runner.release();
        expect(table?.columns.map((column) => column.name)).toEqual(names);
        expect(table?.columns.map((column) => column.type)).toEqual(types[name]);
        expect(table?.columns.map((column) => column.isPrimary)).toEqual([true, false, false, false]);
        expect(table?.columns.map((column) => column.isNullable)).toEqual([false, false, false, true]);
        expect(table?.indices.map((index) => index.columnNames).toSorted()).toEqual([['expire_date'], ['user_mark']]);
      });
    });

    it.each([{}, { entityPrefix: 'app_' }])('is created and dropped by the migration, with %j', async (options) => {
      const migrations = [CreateSessionTable1700000000000];
      await using(open([SessionEntity], { synchronize: false, migrations, ...options }), async (dataSource) => {
        await dataSource.runMigrations();
        await expectInSync(dataSource);
        const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
        const user = 'cafe0123';
        expect(await engine.create(KEY, { data: 'data', expiresAt: soon, user })).toBe(true);
        expect(await engine.listByUser(user)).toEqual([{ key: KEY, data: 'data', expiresAt: soon }]);
        await dataSource.undoLastMigration();
        await expect(engine.load(KEY)).rejects.toThrow(/session/);
      });
    });

    it("is Django's own with DjangoSessionEntity, and is not altered", async () => {
      const types = {
        PostgreSQL: ['text', 'timestamp with time zone'],
        MariaDB: ['longtext', 'datetime(6)'],
        SQLite: ['text', 'datetime'],
      };
      await using(open([DjangoSessionEntity]), async (dataSource) => {
        const [data, expireDate] = types[name] as [string, string];
        await dataSource.query(
          `CREATE TABLE django_session (session_key varchar(40) NOT NULL PRIMARY KEY, session_data ${data} NOT NULL, ` +
            `expire_date ${expireDate} NOT NULL)`,
        );
        await dataSource.query('CREATE INDEX django_session_expire_date_a5c62663 ON django_session (expire_date)');
        await dataSource.synchronize();
        await expectInSync(dataSource);

        const engine = new DatabaseEngine(dataSource, DjangoSessionEntity, { clock });
        const zone = name === 'PostgreSQL' ? '+00' : '';
        await dataSource.query(
          `INSERT INTO django_session VALUES ('${KEY}', 'whole', '2023-11-14 22:13:21${zone}'), ` +
            `('${KEY}2', 'micro', '2023-11-14 22:13:20.250001${zone}'), ('${KEY}3', 'expired', '${NOW}${zone}')`,
        );
        expect(await engine.load(KEY)).toEqual({ data: 'whole', expiresAt: new Date('2023-11-14T22:13:21Z') });
        expect(await engine.load(`${KEY}2`)).toEqual({
          data: 'micro',
          expiresAt: new Date('2023-11-14T22:13:20.250Z'),
        });
        expect(await engine.load(`${KEY}3`)).toBeUndefined();
        expect(await engine.deleteExpired(10)).toBe(1);
        expect(await engine.touch(KEY, soon)).toBe(true);
        expect(await engine.load(KEY)).toEqual({ data: 'whole', expiresAt: soon });
      });
    });

    it('stops the start with advice when the DataSource does not know the entity', async () => {
      await using(open([OtherEntity]), async (dataSource) => {
        const opening = new DatabaseEngine(dataSource).open();
        await expect(opening).rejects.toBeInstanceOf(SessionOptionsError);
        await expect(opening).rejects.toThrow(
          /does not know the entity SessionEntity.*`entities`.*`autoLoadEntities: true`/,
        );
        await expect(new DatabaseEngine(dataSource).load(KEY)).rejects.toBeInstanceOf(SessionOptionsError);
      });
    });

    it('stops the start with advice when the entity is no session', async () => {
      await using(open([OtherEntity]), async (dataSource) => {
        const opening = new DatabaseEngine(dataSource, OtherEntity as never).open();
        await expect(opening).rejects.toThrow(
          /OtherEntity has no column for its property sessionKey.*extend BaseSession/,
        );
      });
    });

    it('is found at the start', async () => {
      await using(open([SessionEntity]), async (dataSource) => {
        await expect(new DatabaseEngine(dataSource).open()).resolves.toBeUndefined();
      });
    });
  });
}

describe('A DataSource that cannot be used', () => {
  it('stops the start with advice when it is not initialised', async () => {
    const { initialize } = DataSource.prototype;
    const opened = jest.spyOn(DataSource.prototype, 'initialize').mockImplementation(async function (this: DataSource) {
      return this;
    });
    const dataSource = await database('SQLite').open([SessionEntity]);
    opened.mockRestore();
    expect(DataSource.prototype.initialize).toBe(initialize);
    await expect(new DatabaseEngine(dataSource).open()).rejects.toThrow(
      /is not initialised.*TypeOrmModule\.forRoot\(\)/,
    );
  });

  it('stops the start with advice when its database is none that sessions can be kept in', async () => {
    const dataSource = { options: { type: 'mongodb' } } as DataSource;
    await expect(new DatabaseEngine(dataSource).open()).rejects.toThrow(/'mongodb'.*'postgres', 'mysql', 'mariadb'/);
  });
});

await describeWith('mariadb', 'The database engine on MariaDB, where text is compared loosely', () => {
  const { open } = database('MariaDB');
  const clock = new TestClock();
  const soon = new Date(clock.now() + 60_000);
  const session = (data: string) => ({ data, expiresAt: soon });
  const TWIN = "INTO session (session_key, session_data, expire_date) VALUES (?, 'twin', '2033-01-01')";

  it.each(['utf8mb4_general_ci', 'utf8mb4_bin', 'latin1_swedish_ci', 'utf8mb3_unicode_ci'])(
    'does not mix up a key with its twins under %s',
    async (collation) => {
      await using(open([SessionEntity]), async (dataSource) => {
        await dataSource.query(
          `ALTER TABLE session CONVERT TO CHARACTER SET ${collation.split('_')[0]} COLLATE ${collation}`,
        );
        const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
        const twins = [KEY.toUpperCase(), KEY.replace('a', 'á')];
        for (const twin of [...twins, `${KEY} `]) {
          await dataSource.query(`REPLACE ${TWIN}`, [twin]);
          expect(await engine.load(KEY)).toBeUndefined();
          expect(await engine.replace(KEY, session('new'), session('twin'))).toBe('gone');
          expect(await engine.touch(KEY, soon)).toBe(false);
          await engine.delete(KEY);
          expect(await dataSource.query('SELECT session_data FROM session WHERE session_key = ?', [twin])).toHaveLength(
            1,
          );
        }

        await dataSource.query('DELETE FROM session');
        await engine.create(KEY, session('déjà vu'));
        expect(await engine.replace(KEY, session('new'), session('DÉJÀ VU'))).toBe('changed');
        expect(await engine.replace(KEY, session('new'), session('déjà vu '))).toBe('changed');
        expect(await engine.replace(KEY, session('new'), session('déjà vu'))).toBe('replaced');
      });
    },
  );

  it('takes a row with a twin of a key for a taken key', async () => {
    await using(open([SessionEntity]), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await dataSource.query(`INSERT ${TWIN}`, [KEY.toUpperCase()]);
      expect(await engine.create(KEY, session('new'))).toBe(false);
    });
  });

  it.each(['+05:00', 'local', 'Z'])('keeps the right instant with the time zone %s', async (timezone) => {
    await using(open([SessionEntity], { timezone }), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await engine.create(KEY, session('data'));
      expect(await engine.load(KEY)).toEqual(session('data'));
      const [row] = await dataSource.query('SELECT CAST(expire_date AS CHAR) AS text FROM session');
      expect(row.text).toBe('2023-11-14 22:14:20.250000');
      clock.advance(59.999);
      expect(await engine.deleteExpired(1)).toBe(0);
      clock.advance(0.001);
      expect(await engine.load(KEY)).toBeUndefined();
      expect(await engine.deleteExpired(1)).toBe(1);
      clock.advance(-60);
    });
  });

  it('keeps its promises when the driver counts only rows that changed', async () => {
    await using(open([SessionEntity], { flags: ['-FOUND_ROWS'] }), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await engine.create(KEY, session('data'));
      expect(await engine.replace(KEY, session('data'), session('data'))).toBe('replaced');
      expect(await engine.replace(KEY, session('new'), session('data'))).toBe('replaced');
      expect(await engine.replace(KEY, session('new'), session('data'))).toBe('changed');
      expect(await engine.touch(KEY, soon)).toBe(true);
    });
  });

  it('deletes expired sessions even when the database undoes the statement to end a deadlock', async () => {
    await using(open([SessionEntity, OtherEntity]), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await engine.create(KEY, { data: 'first', expiresAt: new Date(clock.now() - 2000) });
      await engine.create(`${KEY}2`, { data: 'second', expiresAt: new Date(clock.now() - 1000) });
      const other = dataSource.createQueryRunner();
      await other.startTransaction();
      // The one that changed less is undone, so the other transaction has changed more.
      await other.query('INSERT INTO other SELECT seq FROM seq_1_to_100');
      await other.query('SELECT * FROM session WHERE session_key = ? FOR UPDATE', [`${KEY}2`]);
      const pruning = engine.deleteExpired(10);
      // The statement holds the first row as soon as nobody else can lock it; the second it cannot get.
      const isFree = 'SELECT * FROM session WHERE session_key = ? FOR UPDATE NOWAIT';
      await until(pruning, async () => !(await dataSource.query(isFree, [KEY]).catch(() => undefined)));
      await other.query('SELECT * FROM session WHERE session_key = ? FOR UPDATE', [KEY]);
      await other.commitTransaction();
      await other.release();
      expect(await pruning).toBe(2);
    });
  });
});

await describeWith('postgres', 'The database engine on PostgreSQL, however it is set up', () => {
  const { open } = database('PostgreSQL');
  const clock = new TestClock();
  const session = (data: string) => ({ data, expiresAt: new Date('2023-11-14T22:14:20.250Z') });

  it.each(['-c TimeZone=Asia/Kolkata', '-c TimeZone=America/St_Johns -c DateStyle=SQL,DMY'])(
    'keeps the right instant with %s',
    async (options) => {
      await using(open([SessionEntity], { extra: { options } }), async (dataSource) => {
        const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
        await engine.create(KEY, session('data'));
        expect(await engine.load(KEY)).toEqual(session('data'));
        const [row] = await dataSource.query(
          "SELECT (expire_date AT TIME ZONE 'UTC')::timestamp(3) = $1 AS same FROM session",
          ['2023-11-14 22:14:20.250'],
        );
        expect(row.same).toBe(true);
      });
    },
  );

  it('finds the table in the schema of the DataSource', async () => {
    await using(open([SessionEntity], { schema: 'Web', synchronize: false }), async (dataSource) => {
      await dataSource.query('CREATE SCHEMA "Web"');
      await dataSource.synchronize();
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await engine.create(KEY, session('data'));
      expect(await dataSource.query('SELECT session_data FROM "Web".session')).toEqual([{ session_data: 'data' }]);
      expect(await engine.deleteExpired(1)).toBe(0);
    });
  });

  it('reports a change when the database isolates transactions so much that it refuses the statement', async () => {
    const extra = { options: '-c default_transaction_isolation=repeatable\\ read' };
    await using(open([SessionEntity], { extra }), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      await engine.create(KEY, session('start'));
      const other = dataSource.createQueryRunner();
      await other.startTransaction();
      await other.query("UPDATE session SET session_data = 'other'");
      const replacing = engine.replace(KEY, session('new'), session('start'));
      const waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
      await until(replacing, async () => (await dataSource.query(waiting)).length > 0);
      await other.commitTransaction();
      await other.release();
      expect(await replacing).toBe('changed');
    });
  });

  it('passes by an expired session that a transaction holds, and leaves it when that renews it', async () => {
    await using(open([SessionEntity], { extra: { options: '-c lock_timeout=5s' } }), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource, SessionEntity, { clock });
      const expiresAt = new Date(clock.now() - 1000);
      await engine.create(KEY, { data: 'held', expiresAt });
      await engine.create(`${KEY}2`, { data: 'free', expiresAt });
      const other = dataSource.createQueryRunner();
      await other.startTransaction();
      await other.query("UPDATE session SET expire_date = '2033-01-01' WHERE session_key = $1", [KEY]);
      const deleted = await engine.deleteExpired(10).finally(async () => {
        await other.commitTransaction();
        await other.release();
      });
      expect(deleted).toBe(1);
      expect(await engine.deleteExpired(10)).toBe(0);
      expect(await engine.load(KEY)).toMatchObject({ data: 'held' });
    });
  });
});

describe('The database engine on SQLite, where an instant is text', () => {
  it("writes Django's form, without microseconds when there are none", async () => {
    await using(database('SQLite').open([SessionEntity]), async (dataSource) => {
      const engine = new DatabaseEngine(dataSource);
      await engine.create(KEY, { data: 'fraction', expiresAt: new Date('2023-11-14T22:13:20.250Z') });
      await engine.create(`${KEY}2`, { data: 'whole', expiresAt: new Date('2023-11-14T22:13:20Z') });
      const rows: { expire_date: string }[] = await dataSource.query(
        'SELECT expire_date FROM session ORDER BY session_key',
      );
      expect(rows.map((row) => row.expire_date)).toEqual([NOW, '2023-11-14 22:13:20']);
    });
  });
});
