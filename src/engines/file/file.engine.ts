import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SessionOptionsError } from '../../errors/usage.errors.js';
import { systemClock, type Clock } from '../../session/clock.js';
import { loadListed } from '../load-listed.js';
import {
  SessionEngine,
  type EngineLifecycle,
  type KeyedSession,
  type ListsByUser,
  type ReplaceOutcome,
  type SessionToStore,
  type StoredSession,
} from '../session-engine.js';
import { isStoreKey } from '../store-key.js';
import { FileExpiry } from './file-expiry.js';
import { FileLock } from './file-lock.js';
import { FolderSearch } from './folder-search.js';
import { linkFile, readSessionFile, removeFile, unlessMissing } from './session-file.js';
import { hasCode, withoutPaths } from './system-error.js';
import { UserMarkers } from './user-markers.js';

const stat = promisify(fs.stat);
const setTimes = promisify(fs.utimes);

const LONGEST_KEY = 64;
/** The bits of a mode that let others list or change a folder. */
const OTHERS = 0o006;

export interface FileEngineOptions {
  /**
   * Where the files are. Django's SESSION_FILE_PATH.
   * @default the system's temporary folder
   */
  folder?: string;
  /**
   * What the name of each file begins with, before the key. Django takes the name of the session cookie.
   * @default 'sessionid'
   */
  prefix?: string;
  /** Seconds from the time of modification of a file to the expiry of its session. Django's SESSION_COOKIE_AGE. */
  cookieAge: number;
  /**
   * When a session ends that was saved at that time. For a folder that Django shares: there the data of a session can say
   * how long it lives, and nothing else does.
   * @default `cookieAge` later, whatever the data says
   */
  expiry?: (data: string, savedAt: Date) => Date;
  /** @default the system's clock */
  clock?: Clock;
  /**
   * Is told at the start when other users of the machine can list or change the folder.
   * @default a warning of the process
   */
  warn?: (message: string) => void;
}

/**
 * Keeps each session in a file of its own, with Django's name, content and mode 0600, so that Django's file engine can
 * share the folder. Several processes of one machine may use it: every change is a compare and swap under a lock, which is
 * taken over when its owner is killed.
 *
 * A file holds the data and nothing else. Its time of modification is the expiry less `cookieAge`, from which Django
 * computes the same expiry. Files appear whole, and with their expiry, so that neither a reader nor a crash of the process
 * ever meets half a session. They are not forced to the disk, as with Django: a power failure may take the latest changes.
 *
 * Beside the sessions the folder holds `.nest-sessions-*`: while a change is made, and for the sessions of users. What killed
 * processes leave of them blocks nobody and is removed by `deleteExpired`. Needs a file system with hard links.
 */
export class FileEngine extends SessionEngine implements EngineLifecycle, ListsByUser {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #expiry: FileExpiry;
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #lock: FileLock;
  readonly #search: FolderSearch;
  readonly #markers: UserMarkers;

  /** @throws SessionOptionsError when no file name can begin with the prefix */
  constructor(options: FileEngineOptions) {
    super();
    const { folder = tmpdir(), prefix = 'sessionid', cookieAge, expiry, clock = systemClock, warn } = options;
    if (/[/\\\0]/.test(prefix)) {
      throw new SessionOptionsError(
        `The name of each session file begins with the name of the cookie, and no file name can begin with "${prefix}".`,
      );
    }
    this.#folder = folder;
    this.#prefix = prefix;
    this.#expiry = new FileExpiry(cookieAge, expiry, clock);
    this.#clock = clock;
    this.#warn = warn ?? ((message) => process.emitWarning(message));
    this.#lock = new FileLock(folder);
    this.#search = new FolderSearch(folder);
    this.#markers = new UserMarkers(folder);
  }

  /** @throws SessionOptionsError when there is no such folder, or nothing can be stored in it */
  async open(): Promise<void> {
    await quietly(() => this.#tryOut()).catch((error: unknown) => {
      throw new SessionOptionsError(
        `Sessions cannot be stored in the folder ${this.#folder}: ${String(error)}. Make it with mode 0700, owned by the ` +
          'user that runs the application, or name another one in the option filePath.',
      );
    });
    // Everyone may list the system's temporary folder, and everyone knows.
    if (this.#folder !== tmpdir()) await this.#warnOfOthers();
  }

  close(): Promise<void> {
    return this.#search.close();
  }

  load(key: string): Promise<StoredSession | undefined> {
    return quietly(async () => (isStoreKey(key) ? this.#read(key) : undefined));
  }

  create(key: string, session: SessionToStore): Promise<boolean> {
    return quietly(async () => {
      if (!isStoreKey(key)) throw new Error('A session key is 8 to 64 characters of a-z and 0-9.');
      return this.#lock.claim(this.#prefix + key, this.#expiry.fileOf(session), async ({ path }) => {
        await this.#mark(key, session);
        return linkFile(path, this.#path(key));
      });
    });
  }

  replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return quietly(async () => {
      if (!isStoreKey(key)) return 'gone';
      return this.#lock.hold(this.#prefix + key, this.#expiry.fileOf(session), async (store) => {
        const current = await this.#read(key);
        if (!current) return 'gone';
        if (current.data !== previous.data) return 'changed';
        await this.#mark(key, session);
        await store(this.#path(key));
        return 'replaced';
      });
    });
  }

  touch(key: string, expiresAt: Date): Promise<boolean> {
    return quietly(async () => isStoreKey(key) && this.#locked(key, () => this.#renew(this.#path(key), expiresAt)));
  }

  delete(key: string): Promise<void> {
    return quietly(async () => {
      if (isStoreKey(key)) await this.#locked(key, () => this.#remove(key));
    });
  }

  /**
   * Removes at most `limit` expired sessions and says how many; also what killed processes left behind. Goes on where the
   * call before stopped. Reads the times of files, and their content only where that has a say in their expiry.
   */
  deleteExpired(limit: number): Promise<number> {
    return quietly(() => this.#search.visit(limit, (name) => this.#cleanUp(name)));
  }

  listByUser(user: string): Promise<KeyedSession[]> {
    return quietly(async () => {
      if (!isStoreKey(user)) return [];
      return loadListed(
        () => this.#keysOf(user),
        (key) => this.#read(key),
      );
    });
  }

  #path(key: string): string {
    return join(this.#folder, this.#prefix + key);
  }

  #locked<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#lock.hold(this.#prefix + key, undefined, work);
  }

  /** Before the session is stored, so that none is stored that is not listed. */
  async #mark(key: string, { user }: SessionToStore): Promise<void> {
    if (user) await this.#markers.add(user, this.#prefix + key);
  }

  async #remove(key: string): Promise<void> {
    await removeFile(this.#path(key));
    await this.#markers.remove(this.#prefix + key);
  }

  async #keysOf(user: string): Promise<string[]> {
    const names = await this.#markers.names(user);
    // Without its folder every user would seem to have no sessions.
    if (names.length === 0) await stat(this.#folder);
    return names.map((name) => this.#keyOf(name)).filter(isStoreKey);
  }

  /** The key of the session that a file of that name holds, and no key for any other name. */
  #keyOf(name: string): string {
    return name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : '';
  }

  async #read(key: string): Promise<StoredSession | undefined> {
    const file = await unlessMissing(readSessionFile(this.#path(key)));
    // Without its folder every session would look missing, which is an outage and not a logout.
    if (!file) await stat(this.#folder);
    // Django makes an empty file first when it creates a session.
    if (!file?.data || this.#expiry.isExpired(file)) return undefined;
    return { data: file.data, expiresAt: this.#expiry.expiresAt(file) };
  }

  async #renew(path: string, expiresAt: Date): Promise<boolean> {
    const file = await this.#expiry.inspect(path);
    if (!file || file.isEmpty || this.#expiry.isExpired(file)) return false;
    const modifiedAt = this.#expiry.modifiedAt(file.data, expiresAt);
    if (expiresAt > this.#expiry.expiresAt(file)) await setTimes(path, modifiedAt, modifiedAt);
    return true;
  }

  /** Whether the entry was an expired session. */
  async #cleanUp(name: string): Promise<boolean> {
    const key = this.#keyOf(name);
    try {
      if (isStoreKey(key)) return await this.#deleteIfExpired(key);
      await this.#lock.clean(name);
      await this.#markers.clean(name);
      return false;
    } catch (error) {
      // In a folder like /tmp nobody can remove what belongs to another user.
      if (hasCode(error, 'EPERM')) return false;
      throw error;
    }
  }

  async #deleteIfExpired(key: string): Promise<boolean> {
    const path = this.#path(key);
    const isExpired = async () => {
      const file = await this.#expiry.inspect(path);
      return file !== undefined && this.#expiry.isExpired(file);
    };
    if (!(await isExpired())) return false;
    return this.#locked(key, async () => {
      // Asked again, because it may have been renewed before the lock was taken.
      if (!(await isExpired())) return false;
      await this.#remove(key);
      return true;
    });
  }

  /** Does once what every change does. */
  async #tryOut(): Promise<void> {
    const trial = this.#expiry.fileOf({ data: 'trial', expiresAt: new Date(this.#clock.now()) });
    await this.#lock.hold(this.#prefix + 'x'.repeat(LONGEST_KEY), trial, async () => {});
  }

  async #warnOfOthers(): Promise<void> {
    const { mode } = await stat(this.#folder);
    if ((mode & OTHERS) === 0) return;
    this.#warn(
      `Every user of this machine can list or change the folder of the session files, ${this.#folder}. Unless hashKeys is ` +
        'on, the names of the files give the session keys away. Give the folder the mode 0700.',
    );
  }
}

/** No error of this engine names a file. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw withoutPaths(error);
  }
}
