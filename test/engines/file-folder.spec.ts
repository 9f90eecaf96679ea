import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine, type FileEngineOptions } from '../../src/engines/file/file.engine.js';
import { FileLock } from '../../src/engines/file/file-lock.js';
import { FolderSearch } from '../../src/engines/file/folder-search.js';
import { SessionOptionsError } from '../../src/errors/index.js';
import { TestClock } from '../support/test-clock.js';
import { vectors } from '../support/vectors.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const FORTNIGHT = 1_209_600;

let folder: string;
let clock: TestClock;
let engine: FileEngine;
const engineWith = (options: Partial<FileEngineOptions>) =>
  new FileEngine({ folder, cookieAge: FORTNIGHT, clock, ...options });
const session = (data = 'data', seconds = 3600) => ({ data, expiresAt: new Date(clock.now() + seconds * 1000) });
const path = (key = KEY) => join(folder, `sessionid${key}`);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
  clock = new TestClock();
  engine = engineWith({});
});

afterEach(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each([
  ['a named pipe', () => execFileSync('mkfifo', [path()])],
  ['a link to one', () => execFileSync('sh', ['-c', `mkfifo "${folder}/pipe" && ln -s pipe "${path()}"`])],
  ['a link to a device', () => symlinkSync('/dev/zero', path())],
  ['a link to nothing', () => symlinkSync('nothing', path())],
])('%s that somebody put in the place of a session keeps nobody waiting', async (_, plant) => {
  plant();
  expect(await engine.load(KEY)).toBeUndefined();
  expect(await engine.replace(KEY, session(), session())).toBe('gone');
  expect(await engine.touch(KEY, session().expiresAt)).toBe(false);
  expect(await engine.create(KEY, session())).toBe(false);
  await engine.delete(KEY);
  expect(await engine.create(KEY, session())).toBe(true);
});

describe('the files of FileEngine', () => {
  const samples: { name: string; file_name: string; content: string; mode_octal: string }[] =
    vectors.file_backend.samples;
  it.each(samples.map((sample) => [sample.name, sample] as const))(
    'have the name, content and mode that Django gives them: %s',
    async (_, sample) => {
      await engine.create(KEY, session(sample.content));
      expect(readdirSync(folder)).toEqual([sample.file_name.replace('<KEY>', KEY)]);
      expect(readFileSync(path(), 'latin1')).toBe(sample.content);
      expect((statSync(path()).mode & 0o777).toString(8)).toBe(sample.mode_octal.replace('0o', ''));
    },
  );

  it('keep name, content and mode when the session changes', async () => {
    await engine.create(KEY, session());
    await engine.replace(KEY, session('longer data'), session());
    await engine.replace(KEY, session('data'), session('longer data'));
    await engine.touch(KEY, session('', 7200).expiresAt);
    expect(readdirSync(folder)).toEqual([`sessionid${KEY}`]);
    expect(readFileSync(path(), 'latin1')).toBe('data');
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('expire at the time of modification plus cookieAge, as Django computes it', async () => {
    await engine.create(KEY, session('data', 3600));
    const expiry = () => statSync(path()).mtimeMs / 1000 + FORTNIGHT;
    expect(expiry()).toBeCloseTo(clock.now() / 1000 + 3600, 3);
    await engine.replace(KEY, session('next', 60), session());
    expect(expiry()).toBeCloseTo(clock.now() / 1000 + 60, 3);
    await engine.touch(KEY, session('', 7200).expiresAt);
    expect(expiry()).toBeCloseTo(clock.now() / 1000 + 7200, 3);
  });

  it('may come from Django, and then live for cookieAge from when they were written', async () => {
    writeFileSync(path(), 'e30:1r31eq:V0zhXyqaeSiXnlEQJVh5I3Tjp7U3uQESH5gHoaFBmW8', { mode: 0o600 });
    utimesSync(path(), clock.now() / 1000, clock.now() / 1000);
    expect(await engine.load(KEY)).toEqual({
      data: 'e30:1r31eq:V0zhXyqaeSiXnlEQJVh5I3Tjp7U3uQESH5gHoaFBmW8',
      expiresAt: new Date(clock.now() + FORTNIGHT * 1000),
    });
    clock.advance(FORTNIGHT);
    expect(await engine.load(KEY)).toBeUndefined();
  });

  it('may be empty, as Django makes them first, and then hold no session yet but take the key', async () => {
    writeFileSync(path(), '');
    expect(await engine.load(KEY)).toBeUndefined();
    expect(await engine.create(KEY, session())).toBe(false);
    expect(await engine.replace(KEY, session('next'), session(''))).toBe('gone');
    expect(await engine.touch(KEY, session().expiresAt)).toBe(false);
    expect(readFileSync(path(), 'latin1')).toBe('');
  });

  it('are never empty, which would make a session vanish', async () => {
    await expect(engine.create(KEY, session(''))).rejects.toThrow('a session needs data');
    await engine.create(KEY, session());
    await expect(engine.replace(KEY, session(''), session())).rejects.toThrow('a session needs data');
    expect(readFileSync(path(), 'latin1')).toBe('data');
  });

  it('lie in the folder only, whatever the key', async () => {
    const keys = [
      '../escaped',
      '..',
      '/etc/passwd',
      'a/b/c/d/e',
      'ABCDEFGH',
      'short',
      'a'.repeat(65),
      'abcdefgh\0',
      '',
    ];
    for (const key of keys) {
      await expect(engine.create(key, session())).rejects.toThrow(
        'A session key is 8 to 64 characters of a-z and 0-9.',
      );
      await engine.delete(key);
    }
    expect(readdirSync(folder)).toEqual([]);
    expect(existsSync('/etc/passwd')).toBe(true);
  });

  it('are told apart by the name of the cookie, also when they expire', async () => {
    const other = engineWith({ prefix: 'other' });
    await engine.create(KEY, session('mine', 60));
    await other.create(KEY, session('theirs', 60));
    expect(readdirSync(folder).toSorted()).toEqual([`other${KEY}`, `sessionid${KEY}`]);
    clock.advance(60);
    expect(await engine.deleteExpired(10)).toBe(1);
    expect(readdirSync(folder)).toEqual([`other${KEY}`]);
  });

  it('are the only ones that deleteExpired removes', async () => {
    const others = [
      'sessionid',
      'sessionid-backup',
      `sessionid${KEY}_out_abcdefgh`,
      'sessionidSHOUTING',
      'notes.txt',
      '.hidden',
    ];
    for (const name of others) {
      writeFileSync(join(folder, name), 'data');
      utimesSync(join(folder, name), 0, 0);
    }
    mkdirSync(join(folder, 'sessions'));
    expect(await engine.deleteExpired(10)).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual([...others, 'sessions'].toSorted());
  });

  it('stay when they are renewed after deleteExpired found them expired', async () => {
    await engine.create(KEY, session('data', 60));
    clock.advance(60);
    let deleted: Promise<number> | undefined;
    await new FileLock(folder).hold(`sessionid${KEY}`, undefined, async () => {
      deleted = engine.deleteExpired(10);
      const claims = () => readdirSync(folder).filter((name) => name.endsWith('.tmp'));
      while (claims().length < 2) await new Promise((resolve) => setImmediate(resolve));
      utimesSync(path(), clock.now() / 1000, clock.now() / 1000);
    });
    expect(await deleted).toBe(0);
    expect(await engine.load(KEY)).toBeDefined();
  });

  it('lie in the temporary folder of the system and begin with sessionid unless told otherwise', async () => {
    const standard = new FileEngine({ cookieAge: FORTNIGHT });
    const key = `test${Date.now()}`;
    await standard.open();
    try {
      await standard.create(key, { data: 'data', expiresAt: new Date(Date.now() + 60_000) });
      expect(readFileSync(join(tmpdir(), `sessionid${key}`), 'latin1')).toBe('data');
    } finally {
      await standard.delete(key);
    }
    expect(existsSync(join(tmpdir(), `sessionid${key}`))).toBe(false);
  });
});

describe('the folder of FileEngine', () => {
  it('is usable when it opens, and stays empty', async () => {
    await engine.open();
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['is missing', 'nowhere', 'ENOENT'],
    ['is a file', 'file', 'ENOTDIR'],
  ])('stops the start when it %s, with the cure', async (_, name, code) => {
    writeFileSync(join(folder, 'file'), '');
    const error = await engineWith({ folder: join(folder, name) })
      .open()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SessionOptionsError);
    expect(String(error)).toContain(code);
    expect(String(error)).toContain(`folder ${join(folder, name)}`);
    expect(String(error)).toContain('filePath');
  });

  it('may not have a name that leads out of it in the names of its files', () => {
    expect(() => engineWith({ prefix: '../sessionid' })).toThrow(SessionOptionsError);
    expect(() => engineWith({ prefix: 'a\\b' })).toThrow(SessionOptionsError);
  });

  it.each([
    ['755', 1],
    ['777', 1],
    ['702', 1],
    ['700', 0],
    ['750', 0],
    ['711', 0],
  ])('of mode %s gives %i warning that other users can list or change it', async (mode, count) => {
    chmodSync(folder, Number.parseInt(mode, 8));
    const warnings: string[] = [];
    await engineWith({ warn: (message) => warnings.push(message) }).open();
    expect(warnings).toHaveLength(count);
    for (const warning of warnings) expect(warning).toContain(folder);
  });

  it('gives no warning when it is the temporary folder of the system', async () => {
    const warnings: string[] = [];
    await new FileEngine({ cookieAge: FORTNIGHT, warn: (message) => warnings.push(message) }).open();
    expect(warnings).toEqual([]);
  });
});

describe('the search of a folder in batches', () => {
  const names = Array.from({ length: 1000 }, (_, index) => `file${index}`);
  let search: FolderSearch;
  let visited: string[];
  const visit = (limit: number) =>
    search.visit(limit, async (name) => {
      visited.push(name);
      return true;
    });

  beforeEach(() => {
    for (const name of names) writeFileSync(join(folder, name), '');
    search = new FolderSearch(folder);
    visited = [];
  });

  afterEach(() => search.close());

  it('goes on where the last batch stopped, so that no batch repeats another', async () => {
    for (let batch = 0; batch < 10; batch++) expect(await visit(100)).toBe(100);
    expect(visited.toSorted()).toEqual(names.toSorted());
  });

  it('starts again when the folder ends before the batch is full', async () => {
    expect(await visit(600)).toBe(600);
    expect(await visit(600)).toBe(600);
    expect(new Set(visited).size).toBe(1000);
    expect(await visit(5000)).toBeGreaterThanOrEqual(1000);
  });

  it('visits every name before it says that there was less to find', async () => {
    await visit(10);
    visited = [];
    const count = await search.visit(10, async (name) => {
      visited.push(name);
      return false;
    });
    expect(count).toBe(0);
    expect(new Set(visited).size).toBe(1000);
  });

  it('may be made twice at a time', async () => {
    await visit(10);
    expect(await Promise.all([visit(400), visit(400), visit(400)])).toEqual([400, 400, 400]);
    expect(await visit(5000)).toBeGreaterThanOrEqual(1000);
  });
});
