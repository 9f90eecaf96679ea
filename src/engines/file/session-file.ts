import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { hasCode } from './system-error.js';

// With bare descriptors a read takes a third of the time that it takes with a FileHandle of fs/promises.
const open = promisify(fs.open);
const close = promisify(fs.close);
const link = promisify(fs.link);
const stat = promisify(fs.fstat);
const read = promisify(fs.read);
const write = promisify(fs.writeFile);
const setTimes = promisify(fs.futimes);
const unlink = promisify(fs.unlink);

/** Without waiting, as a named pipe in the place of a session would have it do for ever. */
const READ = fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0);
/** Its owner may read and write it and nobody else, as with Django. */
const MODE = 0o600;

export interface SessionFile {
  readonly data: string;
  readonly modifiedAt: Date;
}

/** The whole file. Rejects with ENOENT when there is none. */
export async function readSessionFile(path: string): Promise<SessionFile> {
  const file = await open(path, READ);
  try {
    const { size, mtimeMs } = await stat(file);
    const buffer = Buffer.allocUnsafe(size);
    let length = 0;
    while (length < size) {
      const { bytesRead } = await read(file, buffer, length, size - length, length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return { data: buffer.toString('utf8', 0, length), modifiedAt: new Date(Math.round(mtimeMs)) };
  } finally {
    await close(file);
  }
}

/** Makes a new file, empty without `content`. When that fails, as on a full disk, no half of it stays. */
export async function writeSessionFile(path: string, content?: SessionFile): Promise<void> {
  const file = await open(path, 'wx', MODE);
  try {
    if (content) {
      await write(file, content.data);
      await setTimes(file, content.modifiedAt, content.modifiedAt);
    }
  } catch (error) {
    await removeFile(path);
    throw error;
  } finally {
    await close(file);
  }
}

/** A missing file is no error. */
export async function removeFile(path: string): Promise<void> {
  await unlessMissing(unlink(path));
}

/** What `promise` gives, or undefined when there is no such file. */
export async function unlessMissing<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Gives a file a second name. False when the name is taken. */
export async function linkFile(path: string, name: string): Promise<boolean> {
  try {
    await link(path, name);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}
