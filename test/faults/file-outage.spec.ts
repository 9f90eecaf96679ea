import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileEngine } from '../../src/engines/file/file.engine.js';
import { spawnTypeScript } from '../support/spawn-typescript.js';

const KEY = 'abcdefghijklmnopqrstuvwxyz012345';
const OTHER_KEY = 'zyxwvutsrqponmlkjihgfedcba543210';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'nest-sessions-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function outcomesOf(outage: string, wrapper: string[] = []): Promise<Record<string, unknown>> {
  const child = spawnTypeScript(
    new URL('./file-outage-child.ts', import.meta.url),
    [outage, folder, KEY, OTHER_KEY],
    wrapper,
  );
  let output = '';
  child.lines.on('line', (line) => (output += line));
  expect(await child.ended).toBe(0);
  expect(output).not.toContain(KEY);
  expect(output).not.toContain(OTHER_KEY);
  return JSON.parse(output);
}

const failure = (code: string) =>
  expect.objectContaining({ name: 'Error', code, message: expect.stringContaining(code) });

describe('a disk that is full', () => {
  /** Ways to make one: a limit on the size of files works everywhere, a small disk where users may mount one. */
  const disks: [kind: string, code: string, wrapper: () => string[]][] = [
    ['for the file', 'EFBIG', () => ['bash', '-c', 'ulimit -f 64; exec "$@"', 'bash']],
  ];
  if (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0) {
    const mount = 'mount -t tmpfs -o size=256k tmpfs "$0" && chmod 700 "$0" && exec "$@"';
    disks.push(['altogether', 'ENOSPC', () => ['unshare', '-rm', 'bash', '-c', mount, folder]]);
  }

  it.each(disks)('%s is an error to the client, and the session stays as it was', async (_, code, wrapper) => {
    expect(await outcomesOf('full', wrapper())).toEqual({
      open: 'nothing',
      load: 'small',
      create: failure(code),
      replace: failure(code),
      touch: true,
      'data afterwards': 'small',
      'files afterwards': 1,
      delete: 'nothing',
      deleteExpired: 0,
    });
  });
});

describe('a folder that has become read-only', () => {
  it('is an error to the client and at the next start, and sessions can still be read', async () => {
    expect(await outcomesOf('read-only')).toEqual({
      open: expect.objectContaining({ code: 'SESSION_OPTIONS', message: expect.stringContaining('EACCES') }),
      load: 'small',
      create: failure('EACCES'),
      replace: failure('EACCES'),
      touch: failure('EACCES'),
      'data afterwards': 'small',
      'files afterwards': 1,
      delete: failure('EACCES'),
      deleteExpired: failure('EACCES'),
    });
  });
});

describe('a folder that is gone', () => {
  it.each([
    ['removed', 'ENOENT'],
    ['replaced by a file', 'ENOTDIR'],
  ])('because it was %s is an error, and the error names no session', async (how, code) => {
    const engine = new FileEngine({ folder, cookieAge: 3600 });
    const session = { data: 'data', expiresAt: new Date(Date.now() + 60_000) };
    await engine.create(KEY, session);
    rmSync(folder, { recursive: true });
    if (how !== 'removed') writeFileSync(folder, '');
    const calls: (() => Promise<unknown>)[] = [
      () => engine.load(KEY),
      () => engine.create(OTHER_KEY, session),
      () => engine.replace(KEY, { ...session, data: 'next' }, session),
      () => engine.touch(KEY, new Date(Date.now() + 120_000)),
      () => engine.delete(KEY),
      () => engine.deleteExpired(10),
    ];
    for (const call of calls) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code });
      const { message, stack } = error as Error;
      expect(`${message} ${stack} ${JSON.stringify(error)}`).not.toContain(KEY);
      expect(`${message} ${stack} ${JSON.stringify(error)}`).not.toContain(OTHER_KEY);
    }
  });
});
