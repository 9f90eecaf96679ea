import * as fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isStoreKey } from '../store-key.js';
import { inodeOf, isOld, isOwn } from './inode.js';
import { removeFile, unlessMissing, writeSessionFile } from './session-file.js';
import { hasCode } from './system-error.js';

const append = promisify(fs.appendFile);
const makeFolder = promisify(fs.mkdir);
const openFolder = promisify(fs.opendir);
const read = promisify(fs.readFile);
const readFolder = promisify(fs.readdir);
const removeFolder = promisify(fs.rmdir);

const ENTRY = /^\.nest-sessions-(?:user-(?<user>[a-z0-9]{8,64})|(?<note>.+)\.users)$/s;
/** Nobody but their owner may list or change them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/**
 * Whose sessions are whose. Each user has a folder with an empty file, the marker, for each session file of theirs, by the
 * same name; a note beside the session file says in which folders it has markers.
 *
 * A marker is made before its session is stored and removed after the session is. So there may be one without a session,
 * but no session without one. What a killed process left behind, or a Django that has removed a session, goes when it is
 * so old that no session is about to follow.
 */
export class UserMarkers {
  constructor(private readonly folder: string) {}

  /** Marks a session file as the user's. */
  async add(user: string, name: string): Promise<void> {
    // It becomes part of a path.
    if (!isStoreKey(user)) throw new Error('What stands for a user is 8 to 64 characters of a-z and 0-9.');
    if (await this.#make(user, name)) await append(this.#note(name), `${user}\n`, { mode: FILE_MODE });
  }

  /** Removes the markers of a session file that is gone. */
  async remove(name: string): Promise<void> {
    const users = await unlessMissing(read(this.#note(name), 'utf8'));
    if (users === undefined) return;
    for (const user of users.split('\n').filter(isStoreKey)) {
      await removeFile(this.#marker(user, name));
      await removeIfEmpty(this.#folderOf(user));
    }
    await removeFile(this.#note(name));
  }

  /** The names of the session files that are marked as the user's. */
  async names(user: string): Promise<string[]> {
    return (await unlessMissing(readFolder(this.#folderOf(user)))) ?? [];
  }

  /** Removes what was left behind, if the entry of the folder is the folder of a user or a note. */
  async clean(entry: string): Promise<void> {
    const path = join(this.folder, entry);
    const { note, user } = ENTRY.exec(entry)?.groups ?? {};
    // In a folder like /tmp anybody may have made it, perhaps as a link to another folder.
    if ((note ?? user) === undefined || !(await isOwn(path))) return;
    if (user) await this.#cleanFolder(path);
    else if (note && (await this.#isLeft(note, path))) await this.remove(note);
  }

  async #cleanFolder(folder: string): Promise<void> {
    // Another process may have removed it meanwhile.
    for await (const { name } of (await unlessMissing(openFolder(folder))) ?? []) {
      if (await this.#isLeft(name, join(folder, name))) await removeFile(join(folder, name));
    }
    await removeIfEmpty(folder);
  }

  /** Whether what is there for a session file of that name has none, and none is about to come. */
  async #isLeft(name: string, path: string): Promise<boolean> {
    return (await inodeOf(join(this.folder, name))) === undefined && (await isOld(path));
  }

  /** False when there is such a marker already. */
  async #make(user: string, name: string): Promise<boolean> {
    for (;;) {
      try {
        await writeSessionFile(this.#marker(user, name));
        return true;
      } catch (error) {
        if (hasCode(error, 'EEXIST')) return false;
        if (!hasCode(error, 'ENOENT')) throw error;
      }
      // Removed again, perhaps, by somebody who has found it empty.
      await makeFolder(this.#folderOf(user), FOLDER_MODE).catch((error: unknown) => {
        if (!hasCode(error, 'EEXIST')) throw error;
      });
    }
  }

  #folderOf(user: string): string {
    return join(this.folder, `.nest-sessions-user-${user}`);
  }

  #marker(user: string, name: string): string {
    return join(this.#folderOf(user), name);
  }

  #note(name: string): string {
    return join(this.folder, `.nest-sessions-${name}.users`);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await unlessMissing(removeFolder(folder)).catch((error: unknown) => {
    if (!hasCode(error, 'ENOTEMPTY')) throw error;
  });
}
