import * as fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KeyedLock } from '../keyed-lock.js';
import { Claim } from './claim.js';
import { inodeOf, isOld } from './inode.js';
import { linkFile, removeFile, writeSessionFile, type SessionFile } from './session-file.js';

const openFolder = promisify(fs.opendir);
const rename = promisify(fs.rename);
const unlink = promisify(fs.unlink);

const LOCK = /^\.nest-sessions-.+\.lock$/s;

/** All times in milliseconds. A lock is held for about one. */
const SUSPICION = 20;
const PATIENCE = 2000;
const LONGEST_WAIT = 5000;
const LONGEST_PAUSE = 10;
/** Names that one call fetches while a folder is searched. */
const NAMES_AT_A_TIME = 256;

/** Who waits for a lock within this process. Only the first in the row deals with other processes. */
const turns = new KeyedLock();

/** Puts the claim's content in the place of the file of that path and gives the lock back, in one step. */
export type Store = (path: string) => Promise<void>;

/**
 * Locks on the files of a folder that hold between the processes of a machine, and that no killed process keeps.
 *
 * Whoever wants a lock writes a file of its own first, the claim. The lock is a hard link to the claim: it is made in one
 * step, which fails when there is one already, and it holds the new content from the start, so that renaming it over the
 * session stores that content and gives the lock back at once. The claim is removed last.
 *
 * So a killed process leaves a claim, and with it perhaps its lock. Who waits for that lock looks for the claim that is the
 * same file, and when its process is gone removes both: but only under the lock *on that claim*, and after comparing the
 * two once more. The owner is dead and everyone else is kept out, so what goes is the lock that was judged and never the
 * next one. (To be killed in the middle of this leaves a lock on a claim, which is taken over likewise.)
 *
 * Nobody can ask a process of another container, or one whose id is in use again. Its lock is taken over when it stood still
 * for PATIENCE. In case it is only asleep, each process makes sure that its lock is still its own before it stores
 * anything later than after half of that time.
 */
export class FileLock {
  constructor(
    private readonly folder: string,
    private readonly limits = { patience: PATIENCE, longestWait: LONGEST_WAIT },
  ) {}

  /** Does the work with a new, whole file that nobody else knows of, and removes its name afterwards. */
  async claim<T>(name: string, content: SessionFile | undefined, work: (claim: Claim) => Promise<T>): Promise<T> {
    const claim = Claim.make(this.folder, name);
    await writeSessionFile(claim.path, content);
    try {
      return await work(claim);
    } finally {
      await removeFile(claim.path);
    }
  }

  /**
   * Does the work while nobody else has the lock of that name. Rejects when it is not to be had within 5 seconds.
   *
   * @param content what `store` puts in place
   */
  hold<T>(name: string, content: SessionFile | undefined, work: (store: Store) => Promise<T>): Promise<T> {
    return this.claim(name, content, (claim) => turns.run(claim.lock, () => this.#holdInTurn(claim, work)));
  }

  /** Removes the entry of the folder if it is something that a killed process left behind. */
  async clean(entry: string): Promise<void> {
    const claim = Claim.at(this.folder, entry);
    const path = join(this.folder, entry);
    if (claim) {
      if (claim.isAbandoned || (await isOld(path))) await this.#takeOver(claim);
    } else if (LOCK.test(entry) && (await isOld(path))) {
      await removeFile(path);
    }
  }

  async #holdInTurn<T>(claim: Claim, work: (store: Store) => Promise<T>): Promise<T> {
    const since = await this.#acquire(claim);
    const assertHeld = async () => {
      if (performance.now() - since < this.limits.patience / 2 || (await isSameFile(claim.lock, claim.path))) return;
      throw new Error('This process stood still for so long that another one took over its lock on a session.');
    };
    let isHeld = true;
    try {
      return await work(async (path) => {
        await assertHeld();
        await rename(claim.lock, path);
        isHeld = false;
      });
    } finally {
      if (isHeld) {
        await assertHeld();
        await unlink(claim.lock);
      }
    }
  }

  /** Gives the time at which the lock was asked for, with success. */
  async #acquire({ path, lock }: Claim): Promise<number> {
    const start = performance.now();
    let holder: { identity: string; since: number; claim?: Claim } | undefined;
    for (;;) {
      const now = performance.now();
      if (await linkFile(path, lock)) return now;
      const identity = await identityOf(lock);
      if (identity === undefined) continue;
      if (identity !== holder?.identity) holder = { identity, since: now };
      const waited = now - holder.since;
      if (waited > SUSPICION) holder.claim ??= await this.#claimBehind(lock);
      if (holder.claim && (holder.claim.isAbandoned || waited > this.limits.patience)) {
        await this.#takeOver(holder.claim);
      } else if (now - start > this.limits.longestWait) {
        throw new Error(`Other processes kept the lock of a session for ${this.limits.longestWait} ms.`);
      } else {
        await pause(Math.random() * LONGEST_PAUSE);
      }
    }
  }

  async #claimBehind(lock: string): Promise<Claim | undefined> {
    for await (const { name } of await openFolder(this.folder, { bufferSize: NAMES_AT_A_TIME })) {
      const claim = Claim.at(this.folder, name);
      if (claim?.lock === lock && (await isSameFile(lock, claim.path))) return claim;
    }
    return undefined;
  }

  #takeOver(abandoned: Claim): Promise<void> {
    return this.hold(abandoned.id, undefined, async () => {
      if (await isSameFile(abandoned.lock, abandoned.path)) await removeFile(abandoned.lock);
      await removeFile(abandoned.path);
    });
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([inodeOf(one), inodeOf(other)]);
  return first !== undefined && first.ino === second?.ino;
}

/** Tells one holder of a lock from the next, whose file may have been given the same number. */
async function identityOf(lock: string): Promise<string | undefined> {
  const inode = await inodeOf(lock);
  return inode && `${inode.ino} ${inode.ctimeNs}`;
}
