import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionEntity } from 'nest-sessions/typeorm';
import { databases, type TestDatabase } from '../support/databases.js';
import { describeWith, missing, onSharedRedis, type Service } from '../support/services.js';
import { SampleApplication, type Answer } from '../support/sample-application.js';

const COUNT = 400;
const TIMEOUT = 300_000;

interface Store {
  readonly name: string;
  readonly services: readonly Service[];
  readonly environment: Record<string, string>;
  /** Made for each test file and given in DATABASE_URL. */
  readonly database?: TestDatabase['name'];
}

const stores: Store[] = [
  { name: 'db on SQLite', services: [], environment: { SESSION_ENGINE: 'db' } },
  { name: 'db on PostgreSQL', services: ['postgres'], environment: { SESSION_ENGINE: 'db' }, database: 'PostgreSQL' },
  { name: 'db on MariaDB', services: ['mariadb'], environment: { SESSION_ENGINE: 'db' }, database: 'MariaDB' },
  { name: 'file', services: [], environment: { SESSION_ENGINE: 'file' } },
  {
    name: 'cache on Redis',
    services: ['redis'],
    environment: { SESSION_ENGINE: 'cache', ...onSharedRedis },
  },
  {
    name: 'cached_db on Redis with PostgreSQL',
    services: ['redis', 'postgres'],
    environment: { SESSION_ENGINE: 'cached_db', ...onSharedRedis },
    database: 'PostgreSQL',
  },
];

for (const { name, services, environment, database } of stores) {
  await describeWithAll(services, `Two processes of the sample application on ${name}`, () => {
    let processes: SampleApplication[];
    let cookie: string;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'nest-sessions-'));
      const dataSource = await databases.find((one) => one.name === database)?.open([SessionEntity]);
      const settings = {
        ...environment,
        SESSION_FILE_PATH: folder,
        ...(dataSource && { DATABASE_URL: (dataSource.options as { url: string }).url }),
      };
      // One after the other: the first makes the tables.
      processes = [await SampleApplication.start(folder, settings), await SampleApplication.start(folder, settings)];
      close = async () => {
        await Promise.all(processes.map((one) => one.end()));
        await dataSource?.destroy();
        await rm(folder, { recursive: true });
      };
    }, TIMEOUT);
    afterAll(() => close());

    beforeEach(async () => {
      const first = await processes[0]!.send('PUT', '/session/start', undefined, { value: 'here' });
      cookie = first.cookie!;
    });

    const inTurn = (index: number): SampleApplication => processes[index % 2]!;
    const setKey = (index: number): Promise<Answer> =>
      inTurn(index).send('PUT', `/session/key${index}`, cookie, { value: index });
    const count = (index: number): Promise<Answer> => inTurn(index).send('POST', '/counter', cookie);
    const numbers = Array.from({ length: COUNT }, (_, index) => index);

    it(
      'lose nothing of what concurrent requests set and count',
      async () => {
        const answers = await Promise.all(numbers.flatMap((index) => [setKey(index), count(index)]));
        expect(answers.filter(({ status }) => status >= 300)).toEqual([]);
        const keys = Object.fromEntries(numbers.map((index) => [`key${index}`, index]));
        for (const process of processes) {
          expect(await process.data(cookie)).toEqual({ start: 'here', count: COUNT, ...keys });
        }
      },
      TIMEOUT,
    );

    it(
      'keep a session ended that is logged out in the midst of them',
      async () => {
        const early = numbers.slice(0, 100).map(setKey);
        await Promise.race(early);
        const logout = processes[1]!.send('POST', '/logout', cookie);
        const answers = await Promise.all([...early, ...numbers.slice(100, 200).map(setKey)]);
        expect((await logout).status).toBe(201);
        // Stored before the logout, told that it was too late, or come later still and given a new session.
        expect(answers.filter(({ status, cookie: sent }) => status !== (sent ? 200 : 400))).toEqual([]);
        for (const process of processes) expect(await process.data(cookie)).toEqual({});

        for (const index of [1, 2]) {
          const late = await setKey(index);
          expect(late).toMatchObject({ status: 200, cookie: expect.stringContaining('sessionid=') });
          expect(late.cookie).not.toBe(cookie);
          for (const process of processes) {
            expect(await process.data(late.cookie!)).toEqual({ [`key${index}`]: index });
            expect(await process.data(cookie)).toEqual({});
          }
        }
      },
      TIMEOUT,
    );

    it(
      'carry over to the new key of a login what they were told is stored',
      async () => {
        const writes = numbers.slice(0, 100).map(setKey);
        await Promise.race(writes);
        const login = await processes[1]!.send('POST', '/login', cookie, { user: 'Ada' });
        expect(login.status).toBe(201);
        const answers = await Promise.all(writes);
        const told = answers.flatMap((answer, index) => (answer.cookie === cookie ? [`key${index}`] : []));
        for (const process of processes) {
          expect(await process.data(cookie)).toEqual({});
          expect(Object.keys(await process.data(login.cookie!))).toEqual(
            expect.arrayContaining(['start', 'user', ...told]),
          );
        }
      },
      TIMEOUT,
    );
  });
}

async function describeWithAll(services: readonly Service[], name: string, tests: () => void): Promise<void> {
  const reasons = await Promise.all(services.map(missing));
  await describeWith(
    services.find((_, index) => reasons[index] !== undefined),
    name,
    tests,
  );
}
