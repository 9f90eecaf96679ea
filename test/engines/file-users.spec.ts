import { jest } from '@jest/globals';
import {
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import type { SessionToStore } from '../../src/engines/session-engine.js';
import { TestClock } from '../support/test-clock.js';

const HOUR = 3_600_000;
const ANN = 'ann00000';
const BEN = 'ben00000';
const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const NAME = `sessionid${KEY}`;
const FOLDER_OF_ANN = `.nest-sessions-user-${ANN}`;
const FOLDER_OF_BEN = `.nest-sessions-user-${BEN}`;
const NOTE = `.nest-sessions-${NAME}.users`;

let folder: string;
let clock: TestClock;
let engine: FileEngine;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
  clock = new TestClock();
  engine = new FileEngine({ folder, cookieAge: 1_209_600, clock });
});

afterEach(async () => {
  jest.restoreAllMocks();
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const session = (user?: string | null, data = 'data', seconds = 3600): SessionToStore => ({
  data,
  expiresAt: new Date(clock.now() + seconds * 1000),
  user,
});
const entries = (...path: string[]): string[] => readdirSync(join(folder, ...path)).toSorted();
const keysOf = async (user: string): Promise<string[]> =>
  (await engine.listByUser(user)).map(({ key }) => key).toSorted();
const mode = (...path: string[]): string => (statSync(join(folder, ...path)).mode & 0o777).toString(8);
const afterAnHour = (): void => {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(now + 1.1 * HOUR);
};

describe('what FileEngine notes of users', () => {
  it('is nothing for who does not ask for them', async () => {
    await engine.create(KEY, session());
    await engine.replace(KEY, session(null, 'next'), session());
    await engine.touch(KEY, session(null, '', 7200).expiresAt);
    expect(entries()).toEqual([NAME]);
  });

  it('is a marker in the folder of the user, and a note of it, which nobody else may read', async () => {
    await engine.create(KEY, session(ANN));
    expect(entries()).toEqual([NOTE, FOLDER_OF_ANN, NAME].toSorted());
    expect(entries(FOLDER_OF_ANN)).toEqual([NAME]);
    expect([mode(FOLDER_OF_ANN), mode(FOLDER_OF_ANN, NAME), mode(NOTE)]).toEqual(['700', '600', '600']);
    expect([mode(NAME), readFileSync(join(folder, NAME), 'latin1')]).toEqual(['600', 'data']);
  });

  it('follows a session to another user, and goes with it from all of them', async () => {
    await engine.create(KEY, session(null, '1'));
    await engine.replace(KEY, session(ANN, '2'), session(null, '1'));
    await engine.replace(KEY, session(BEN, '3'), session(ANN, '2'));
    await engine.replace(KEY, session(BEN, '4'), session(BEN, '3'));
    await engine.replace(KEY, session(null, '5'), session(BEN, '4'));
    expect(entries(FOLDER_OF_BEN)).toEqual([NAME]);
    expect(readFileSync(join(folder, NOTE), 'latin1')).toBe(`${ANN}\n${BEN}\n`);
    await engine.delete(KEY);
    expect(entries()).toEqual([]);
  });

  it('does not stay after 1,000 logins and logouts of one user, in several processes', async () => {
    const processes = [1, 2, 3].map(() => new FileEngine({ folder, cookieAge: 1_209_600, clock }));
    const visit = async (index: number): Promise<void> => {
      const key = `session${String(index).padStart(5, '0')}`;
      expect(await processes[index % 3]!.create(key, session(ANN))).toBe(true);
      await processes[(index + 1) % 3]!.replace(key, session(index % 2 ? null : ANN, 'next'), session());
      await processes[(index + 2) % 3]!.delete(key);
    };
    for (let start = 0; start < 1000; start += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => visit(start + index)));
    }
    expect(entries()).toEqual([]);
  });

  it('goes with a session that has expired', async () => {
    await engine.create(KEY, session(ANN, 'data', 60));
    await engine.create('livelong', session(ANN, 'data', 120));
    clock.advance(60);
    expect(await keysOf(ANN)).toEqual(['livelong']);
    expect(await engine.deleteExpired(10)).toBe(1);
    expect(entries(FOLDER_OF_ANN)).toEqual(['sessionidlivelong']);
    clock.advance(60);
    expect(await engine.deleteExpired(10)).toBe(1);
    expect(entries()).toEqual([]);
  });

  it('stays as long as its session, however old it is', async () => {
    await engine.create(KEY, session(ANN));
    afterAnHour();
    expect(await engine.deleteExpired(10)).toBe(0);
    expect(await keysOf(ANN)).toEqual([KEY]);
    await engine.delete(KEY);
    expect(entries()).toEqual([]);
  });

  it('goes an hour after its session was removed by Django, and no earlier', async () => {
    await engine.create(KEY, session(ANN));
    unlinkSync(join(folder, NAME));
    expect(await engine.listByUser(ANN)).toEqual([]);
    expect(await engine.deleteExpired(10)).toBe(0);
    expect(entries()).toEqual([NOTE, FOLDER_OF_ANN].toSorted());
    afterAnHour();
    expect(await engine.deleteExpired(10)).toBe(0);
    expect(entries()).toEqual([]);
  });

  it('goes an hour after a killed process left it without a note, and an empty folder at once', async () => {
    for (const name of [FOLDER_OF_ANN, FOLDER_OF_BEN]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, FOLDER_OF_ANN, NAME), '');
    await engine.deleteExpired(10);
    expect(entries()).toEqual([FOLDER_OF_ANN]);
    afterAnHour();
    await engine.deleteExpired(10);
    expect(entries()).toEqual([]);
  });

  it('is told apart by the name of the cookie', async () => {
    const other = new FileEngine({ folder, prefix: 'other', cookieAge: 1_209_600, clock });
    await engine.create(KEY, session(ANN));
    await other.create('otherkey', session(ANN));
    expect(await keysOf(ANN)).toEqual([KEY]);
    expect(await other.listByUser(ANN)).toMatchObject([{ key: 'otherkey' }]);
  });

  it.each(['short', 'ANN00000', '../escaped', '/etc/passwd', 'a'.repeat(65), 'abcdefgh\0', '........'])(
    'is not made for %j, which stands for no user',
    async (user) => {
      await expect(engine.create(KEY, session(user))).rejects.toThrow('stands for a user');
      expect(await engine.listByUser(user)).toEqual([]);
      expect(entries()).toEqual([]);
    },
  );

  it('is found by every session that is stored, while others remove what is empty', async () => {
    const work = { over: false };
    const clean = async (): Promise<void> => {
      const other = new FileEngine({ folder, cookieAge: 1_209_600, clock });
      while (!work.over) await other.deleteExpired(10);
      await other.close();
    };
    const cleaning = [clean(), clean(), clean()];
    for (let round = 0; round < 200; round++) {
      const key = `session${String(round).padStart(5, '0')}`;
      expect(await engine.create(key, session(ANN))).toBe(true);
      expect(await keysOf(ANN)).toEqual([key]);
      await engine.delete(key);
    }
    work.over = true;
    await Promise.all(cleaning);
    expect(entries()).toEqual([]);
  });

  const asRoot = process.geteuid?.() === 0 ? it : it.skip;
  asRoot('is not cleaned in a folder that somebody else leads elsewhere', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, NAME), 'of another application');
    symlinkSync(elsewhere, join(folder, FOLDER_OF_ANN));
    lchownSync(join(folder, FOLDER_OF_ANN), 65_534, 65_534);
    afterAnHour();
    await engine.deleteExpired(10);
    expect(readdirSync(elsewhere)).toEqual([NAME]);
  });
});
