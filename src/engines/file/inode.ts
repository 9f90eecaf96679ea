import { lstat, type BigIntStats } from 'node:fs';
import { promisify } from 'node:util';
import { unlessMissing } from './session-file.js';

const stat = promisify(lstat);

/** Milliseconds. Nothing takes that long to be done with a file that a process has just made. */
const OLD = 60 * 60 * 1000;

/** Undefined for a missing file. */
export function inodeOf(path: string): Promise<BigIntStats | undefined> {
  return unlessMissing(stat(path, { bigint: true }));
}

/** Whether this process' user made the file, or the link, and not somebody else in a folder for all. */
export async function isOwn(path: string): Promise<boolean> {
  const inode = await inodeOf(path);
  return inode !== undefined && (!process.geteuid || Number(inode.uid) === process.geteuid());
}

/** Whether nobody can be at work on a file any more. False for a missing one. */
export async function isOld(path: string): Promise<boolean> {
  const inode = await inodeOf(path);
  // Only the system sets this time, so it is compared with the system's and not with a clock that tests move.
  return inode !== undefined && Date.now() - Number(inode.ctimeMs) > OLD;
}
