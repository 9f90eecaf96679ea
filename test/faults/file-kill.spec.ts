import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';
import { countIn, dataWith } from './counted-data.js';

const KILLS = 100;
const WRITERS = 4;
const MOST_WRITES = 20;

describe('file writers that are killed, 100 times', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'));
  const engine = new FileEngine({ folder, cookieAge: 3600 });
  const keys = Array.from({ length: 3 }, () => randomBytes(16).toString('hex'));
  const expiresAt = new Date(Date.now() + 3_600_000);
  /** How often each session was counted up by writers that lived to tell. */
  const told = new Map(keys.map((key) => [key, 0]));

  /** Kills the writer somewhere in or between two writes. */
  async function writeAndDie(): Promise<void> {
    const writer = spawnTypeScript(new URL('./file-writer.ts', import.meta.url), [folder, 'Infinity', ...keys]);
    let left = 1 + Math.floor(Math.random() * MOST_WRITES);
    writer.lines.on('line', (key) => {
      told.set(key, (told.get(key) ?? 0) + 1);
      if (--left === 0) writer.process.kill('SIGKILL');
    });
    expect(await writer.ended).toBe('SIGKILL');
  }

  beforeAll(async () => {
    for (const key of keys) await engine.create(key, { data: dataWith(0), expiresAt });
    const killedByOne = async () => {
      for (let kill = 0; kill < KILLS / WRITERS; kill++) await writeAndDie();
    };
    await Promise.all(Array.from({ length: WRITERS }, killedByOne));
  }, 600_000);

  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true });
  });

  it('leave every session whole', () => {
    for (const key of keys) expect(countIn(readFileSync(join(folder, `sessionid${key}`), 'utf8'))).toBeGreaterThan(0);
  });

  it('leave every write that was done, and at most one more for each of them', async () => {
    const counts = await Promise.all(keys.map(async (key) => countIn((await engine.load(key))?.data ?? '')));
    keys.forEach((key, index) => expect(counts[index]).toBeGreaterThanOrEqual(told.get(key) ?? 0));
    const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, number) => total + number, 0);
    expect(sum(counts)).toBeLessThanOrEqual(sum(told.values()) + KILLS);
  });

  it('leave no lock that blocks the next writer', async () => {
    for (const key of keys) {
      const current = await engine.load(key);
      expect(current && (await engine.replace(key, { data: dataWith(1), expiresAt }, current))).toBe('replaced');
    }
  });

  it('leave nothing behind that deleteExpired does not remove', async () => {
    // Some of them died in the middle.
    expect(readdirSync(folder).length).toBeGreaterThan(keys.length);
    expect(await engine.deleteExpired(1000)).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(keys.map((key) => `sessionid${key}`).toSorted());
  });
});
