import { jest } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const ANN = 'ann00000';
const expiresAt = new Date(Date.now() + 3_600_000);

/** What is stored before, and after a process was killed right before or right after it touched the session file. */
const deaths: [operation: string, moment: string, first: string | undefined, then: string | undefined][] = [
  ['create', 'before', undefined, undefined],
  ['create', 'after', undefined, 'of ann'],
  ['replace', 'before', 'nobody’s', 'nobody’s'],
  ['replace', 'after', 'nobody’s', 'of ann'],
  ['delete', 'before', 'of ann', 'of ann'],
  ['delete', 'after', 'of ann', undefined],
];

describe('a process that is killed at work on the session file of a user', () => {
  let folder: string;
  let engine: FileEngine;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
    engine = new FileEngine({ folder, cookieAge: 3600 });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  it.each(deaths)('leaves no session that is not listed, and nothing for ever: %s, %s', async (...death) => {
    const [operation, moment, first, then] = death;
    const user = first === 'of ann' ? ANN : null;
    if (first) await engine.create(KEY, { data: first, expiresAt, user });
    const child = spawnTypeScript(new URL('./file-user-child.ts', import.meta.url), [folder, KEY, operation, moment]);
    expect(await child.ended).toBe('SIGKILL');

    expect((await engine.load(KEY))?.data).toBe(then);
    // Whoever reads a listing looks whose each session is.
    const listed = (await engine.listByUser(ANN)).filter(({ data }) => data === 'of ann');
    expect(listed.map(({ key }) => key)).toEqual(then === 'of ann' ? [KEY] : []);

    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 4_000_000);
    await engine.deleteExpired(10);
    await engine.delete(KEY);
    await engine.deleteExpired(10);
    expect(readdirSync(folder)).toEqual([]);
  });
});
