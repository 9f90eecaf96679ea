import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';
import { countIn, dataWith } from './counted-data.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const WRITERS = 4;
const WRITES = 150;

describe('several processes that write one session file', () => {
  let folder: string;
  let engine: FileEngine;
  const startWriters = (writes: number) =>
    Array.from({ length: WRITERS }, () =>
      spawnTypeScript(new URL('./file-writer.ts', import.meta.url), [folder, String(writes), KEY]),
    );

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
    engine = new FileEngine({ folder, cookieAge: 3600 });
    await engine.create(KEY, { data: dataWith(0), expiresAt: new Date(Date.now() + 3_600_000) });
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('lose nothing of each other', async () => {
    for (const writer of startWriters(WRITES)) expect(await writer.ended).toBe(0);
    expect(countIn((await engine.load(KEY))?.data ?? '')).toBe(WRITERS * WRITES);
    expect(readdirSync(folder)).toEqual([`sessionid${KEY}`]);
  });

  it('do not bring it back when it is deleted meanwhile', async () => {
    const writers = startWriters(Number.POSITIVE_INFINITY);
    await Promise.all(writers.map(({ lines }) => once(lines, 'line')));
    await engine.delete(KEY);
    for (const writer of writers) expect(await writer.ended).toBe(3);
    expect(await engine.load(KEY)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });
});
