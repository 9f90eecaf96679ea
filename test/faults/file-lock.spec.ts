import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Claim } from '../../src/engines/file/claim.js';
import { FileLock } from '../../src/engines/file/file-lock.js';

const HOUR = 3_600_000;
const IMPATIENT = { patience: 40, longestWait: 5000 };

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
  folder = mkdtempSync(join(parent, 'store-'));
});

afterEach(() => {
  jest.restoreAllMocks();
  rmSync(parent, { recursive: true });
});

/** Sees the folder under a path of its own, so that nothing but the files stands between it and the other locks. */
function lockOfAnotherProcess(limits?: typeof IMPATIENT): FileLock {
  const alias = join(parent, `alias-${readdirSync(parent).length}`);
  symlinkSync(folder, alias);
  return new FileLock(alias, limits);
}

/** What a process that is gone left behind: its claim, and unless told otherwise the lock. */
function leftBehind(name: string, { place = '', lock = true } = {}): Claim {
  const { path, id } = Claim.make(folder, name);
  const gone = spawnSync('true').pid;
  const left = Claim.at(
    folder,
    basename(path)
      .replace(`-${process.pid}-${id}`, `-${gone}-${id}`)
      .replace(/\.[0-9a-f]{8}-/, (own) => (place ? `.${place}-` : own)),
  );
  if (!left) throw new Error('The name of a claim has changed.');
  writeFileSync(left.path, 'left behind');
  if (lock) linkSync(left.path, left.lock);
  return left;
}

const content = (data: string) => ({ data, modifiedAt: new Date(1_700_000_000_000) });

describe('the lock of the file engine', () => {
  it('is taken over from a process that was killed, with all that it left', async () => {
    leftBehind('name');
    expect(await new FileLock(folder).hold('name', undefined, async () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over when the process that took it over was killed as well', async () => {
    const first = leftBehind('name');
    const second = leftBehind(first.id);
    leftBehind(second.id);
    expect(await new FileLock(folder).hold('name', undefined, async () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is held by one process at a time, also while it is taken over', async () => {
    leftBehind('name');
    const path = join(folder, 'count');
    writeFileSync(path, '0');
    const countUp = (lock: FileLock) =>
      lock.hold('name', undefined, async () => {
        const count = Number(readFileSync(path, 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
        writeFileSync(path, String(count + 1));
      });
    const locks = Array.from({ length: 5 }, () => lockOfAnotherProcess());
    await Promise.all(locks.flatMap((lock) => Array.from({ length: 10 }, () => countUp(lock))));
    expect(readFileSync(path, 'utf8')).toBe('50');
    expect(readdirSync(folder)).toEqual(['count']);
  });

  it('is free again after work that fails', async () => {
    const lock = new FileLock(folder);
    const fail = async () => {
      throw new Error('wrong');
    };
    await expect(lock.hold('name', content('never stored'), fail)).rejects.toThrow('wrong');
    expect(readdirSync(folder)).toEqual([]);
    expect(await lock.hold('name', undefined, async () => 'done')).toBe('done');
  });

  it('is not taken for abandoned when its process id belongs to another container', () => {
    expect(leftBehind('here').isAbandoned).toBe(true);
    expect(leftBehind('there', { place: '0123abcd' }).isAbandoned).toBe(false);
  });

  it('of another container is taken over when it stands still', async () => {
    leftBehind('name', { place: '0123abcd' });
    expect(await new FileLock(folder, IMPATIENT).hold('name', undefined, async () => 'done')).toBe('done');
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['stores', true],
    ['gives back', false],
  ])(
    'of a process that slept is lost to another one, and the sleeper %s nothing when it wakes up',
    async (_, stores) => {
      const path = join(folder, 'session');
      let wakeUp = () => {};
      const asleep = new Promise<void>((resolve) => (wakeUp = resolve));
      let sleeper = Promise.resolve();
      await new Promise<void>((locked) => {
        sleeper = new FileLock(folder, IMPATIENT).hold('name', content('of the sleeper'), async (store) => {
          locked();
          await asleep;
          if (stores) await store(path);
        });
      });
      await lockOfAnotherProcess(IMPATIENT).hold('name', content('of the other'), async (store) => {
        wakeUp();
        await expect(sleeper).rejects.toThrow('another one took over its lock');
        await store(path);
      });
      expect(readFileSync(path, 'utf8')).toBe('of the other');
      expect(readdirSync(folder)).toEqual(['session']);
    },
  );

  it('that stays with others is an error to who waits for it', async () => {
    writeFileSync(Claim.make(folder, 'name').lock, '');
    const lock = new FileLock(folder, { patience: 20, longestWait: 60 });
    await expect(lock.hold('name', undefined, async () => 'done')).rejects.toThrow(
      'kept the lock of a session for 60 ms',
    );
    expect(readdirSync(folder)).toEqual(['.nest-sessions-name.lock']);
  });

  it('puts the whole new content in place and is free again in the same step', async () => {
    const path = join(folder, 'session');
    writeFileSync(path, 'old');
    await new FileLock(folder).hold('name', content('new'), async (store) => {
      expect(readFileSync(path, 'utf8')).toBe('old');
      await store(path);
      expect(readFileSync(path, 'utf8')).toBe('new');
      expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
    });
    expect(readdirSync(folder)).toEqual(['session']);
  });
});

describe('cleaning up behind killed processes', () => {
  const cleanAll = async () => {
    const lock = new FileLock(folder);
    for (const name of readdirSync(folder)) await lock.clean(name);
  };

  it('removes their claims, with their locks', async () => {
    leftBehind('locked');
    leftBehind('unlocked', { lock: false });
    await cleanAll();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves the lock of the next owner alone', async () => {
    const left = leftBehind('name', { lock: false });
    writeFileSync(left.lock, 'of the next owner');
    await cleanAll();
    expect(readdirSync(folder)).toEqual([basename(left.lock)]);
  });

  it('leaves alone what is in use', async () => {
    await new FileLock(folder).hold('name', undefined, async () => {
      const before = readdirSync(folder);
      expect(before).toHaveLength(2);
      await cleanAll();
      expect(readdirSync(folder)).toEqual(before);
    });
  });

  it('removes what nobody can be asked about once it is an hour old', async () => {
    leftBehind('name', { place: '0123abcd' });
    writeFileSync(join(folder, '.nest-sessions-alone.lock'), '');
    await cleanAll();
    expect(readdirSync(folder)).toHaveLength(3);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 1.1 * HOUR);
    await cleanAll();
    expect(readdirSync(folder)).toEqual([]);
  });
});
