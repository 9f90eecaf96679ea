import { MemoryEngine } from '../../src/engines/memory/memory.engine.js';
import type { KeyedSession, ReplaceOutcome, SessionToStore, StoredSession } from '../../src/engines/session-engine.js';

const REPLACED =
  'a session that is replaced is listed to the user it is then of, and without one stays with the user it has';

/** Other tasks run here, as they do between an engine's own read and its write. */
const aMoment = () => new Promise<void>((resolve) => setImmediate(resolve));

class Upserting extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const outcome = await super.replace(key, session, previous);
    if (outcome !== 'gone') return outcome;
    await this.create(key, session);
    return 'replaced';
  }
}

class NotComparing extends MemoryEngine {
  override async replace(key: string, session: SessionToStore): Promise<ReplaceOutcome> {
    const current = await super.load(key);
    return current ? super.replace(key, session, current) : 'gone';
  }
}

class ComparingLoosely extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const current = await super.load(key);
    const same = current?.data.toLowerCase().trim() === previous.data.toLowerCase().trim();
    return super.replace(key, session, same && current ? current : previous);
  }
}

class ComparingTheExpiryToo extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const current = await super.load(key);
    if (current && current.expiresAt.getTime() !== previous.expiresAt.getTime()) return 'changed';
    return super.replace(key, session, previous);
  }
}

class CountingChangedRows extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const outcome = await super.replace(key, session, previous);
    return session.data === previous.data && outcome === 'replaced' ? 'changed' : outcome;
  }
}

class KeepingTheOldExpiry extends MemoryEngine {
  override async replace(key: string, { data }: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const expiresAt = (await super.load(key))?.expiresAt ?? previous.expiresAt;
    return super.replace(key, { data, expiresAt }, previous);
  }
}

class ReadingThenWriting extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const current = await super.load(key);
    await aMoment();
    if (!current) return 'gone';
    if (current.data !== previous.data) return 'changed';
    await super.delete(key);
    await super.create(key, session);
    return 'replaced';
  }
}

class Overwriting extends MemoryEngine {
  override async create(key: string, session: SessionToStore): Promise<boolean> {
    await super.delete(key);
    return super.create(key, session);
  }
}

class OverwritingQuietly extends MemoryEngine {
  override async create(key: string, session: SessionToStore): Promise<boolean> {
    const taken = (await super.load(key)) !== undefined;
    await super.delete(key);
    await super.create(key, session);
    return !taken;
  }
}

class LookingBeforeCreating extends MemoryEngine {
  override async create(key: string, session: SessionToStore): Promise<boolean> {
    if (await super.load(key)) return false;
    await aMoment();
    await super.delete(key);
    return super.create(key, session);
  }
}

class RevivingOnTouch extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    return (await super.touch(key, expiresAt)) || super.create(key, { data: 'data', expiresAt });
  }
}

class RevivingExpiredOnTouch extends MemoryEngine {
  readonly #data = new Map<string, string>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#data.set(key, session.data);
    return super.create(key, session);
  }

  override async delete(key: string): Promise<void> {
    this.#data.delete(key);
    await super.delete(key);
  }

  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    const data = this.#data.get(key);
    if ((await super.touch(key, expiresAt)) || data === undefined) return data !== undefined;
    await super.delete(key);
    return super.create(key, { data, expiresAt });
  }
}

class MovingTheExpiryBack extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    const current = await super.load(key);
    if (!current) return false;
    return (await super.replace(key, { data: current.data, expiresAt }, current)) === 'replaced';
  }
}

class TouchingNothing extends MemoryEngine {
  override async touch(key: string): Promise<boolean> {
    return (await super.load(key)) !== undefined;
  }
}

class TouchingWithOldData extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    const old = await super.load(key);
    await aMoment();
    const current = await super.load(key);
    if (!old || !current) return false;
    return (await super.replace(key, { data: old.data, expiresAt }, current)) === 'replaced';
  }
}

class LoadingExpired extends MemoryEngine {
  readonly #sessions = new Map<string, StoredSession>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#sessions.set(key, session);
    return super.create(key, session);
  }

  override async delete(key: string): Promise<void> {
    this.#sessions.delete(key);
    await super.delete(key);
  }

  override async load(key: string): Promise<StoredSession | undefined> {
    return (await super.load(key)) ?? this.#sessions.get(key);
  }
}

class Caching extends MemoryEngine {
  readonly #cache = new Map<string, StoredSession | undefined>();

  override async load(key: string): Promise<StoredSession | undefined> {
    if (this.#cache.has(key)) return this.#cache.get(key);
    const session = await super.load(key);
    await aMoment();
    if (session) this.#cache.set(key, session);
    return session;
  }

  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    this.#cache.delete(key);
    return super.replace(key, session, previous);
  }

  override async delete(key: string): Promise<void> {
    this.#cache.delete(key);
    await super.delete(key);
  }
}

class IgnoringTheLimit extends MemoryEngine {
  override deleteExpired(): Promise<number> {
    return super.deleteExpired(Number.POSITIVE_INFINITY);
  }
}

class DeletingLiveSessions extends MemoryEngine {
  override async deleteExpired(): Promise<number> {
    const { size } = this;
    this.clear();
    return size;
  }
}

class DeletingNothing extends MemoryEngine {
  override async deleteExpired(): Promise<number> {
    return 0;
  }
}

class CountingWrong extends MemoryEngine {
  override async deleteExpired(limit: number): Promise<number> {
    await super.deleteExpired(limit);
    return limit;
  }
}

class MissingOnDelete extends MemoryEngine {
  override async delete(key: string): Promise<void> {
    if (!(await super.load(key))) throw new Error('There is no such session.');
    await super.delete(key);
  }
}

class DeletingNone extends MemoryEngine {
  override async delete(): Promise<void> {}
}

class DeletingByPrefix extends MemoryEngine {
  readonly #keys = new Set<string>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#keys.add(key);
    return super.create(key, session);
  }

  override async delete(prefix: string): Promise<void> {
    for (const key of this.#keys) if (key.startsWith(prefix)) await super.delete(key);
  }
}

class FoldingKeys extends MemoryEngine {
  override load(key: string): Promise<StoredSession | undefined> {
    return super.load(key.toLowerCase().trim());
  }
}

class CuttingKeys extends MemoryEngine {
  override create(key: string, session: SessionToStore): Promise<boolean> {
    return super.create(key.slice(0, 40), session);
  }
}

class CuttingData extends MemoryEngine {
  override create(key: string, { data, expiresAt }: SessionToStore): Promise<boolean> {
    return super.create(key, { data: data.slice(0, 65_535), expiresAt });
  }
}

class KeepingLatin1 extends MemoryEngine {
  override create(key: string, { data, expiresAt }: SessionToStore): Promise<boolean> {
    return super.create(key, { data: Buffer.from(data, 'latin1').toString('latin1'), expiresAt });
  }
}

class KeepingSeconds extends MemoryEngine {
  override create(key: string, { data, expiresAt }: SessionToStore): Promise<boolean> {
    return super.create(key, { data, expiresAt: new Date(Math.floor(expiresAt.getTime() / 1000) * 1000) });
  }
}

class SharingItsObjects extends MemoryEngine {
  readonly #sessions = new Map<string, StoredSession>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#sessions.set(key, session);
    return super.create(key, session);
  }

  override async load(key: string): Promise<StoredSession | undefined> {
    return (await super.load(key)) && this.#sessions.get(key);
  }
}

class ForgettingTheOldest extends MemoryEngine {
  readonly #keys: string[] = [];

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    if (this.#keys.push(key) > 5000) await this.delete(this.#keys.shift() ?? '');
    return super.create(key, session);
  }
}

class TouchingAfterDeletion extends MemoryEngine {
  override async touch(key: string, expiresAt: Date): Promise<boolean> {
    const current = await super.load(key);
    await aMoment();
    if (!current) return false;
    await super.delete(key);
    return super.create(key, { data: current.data, expiresAt });
  }
}

class WritingInTwoSteps extends MemoryEngine {
  override async replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    const half = { data: session.data.slice(0, session.data.length / 2), expiresAt: session.expiresAt };
    const outcome = await super.replace(key, half, previous);
    await aMoment();
    return outcome === 'replaced' ? super.replace(key, session, half) : outcome;
  }
}

class DeletingWhatWasRenewed extends TouchingAfterDeletion {
  readonly #keys = new Set<string>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#keys.add(key);
    return super.create(key, session);
  }

  override async deleteExpired(): Promise<number> {
    const live = await Promise.all([...this.#keys].map((key) => super.load(key)));
    const expired = [...this.#keys].filter((_, index) => !live[index]);
    await aMoment();
    for (const key of expired) await super.delete(key);
    return expired.length;
  }
}

class ListingEveryone extends MemoryEngine {
  readonly #users = new Set<string>();

  override create(key: string, session: SessionToStore): Promise<boolean> {
    if (session.user) this.#users.add(session.user);
    return super.create(key, session);
  }

  override async listByUser(): Promise<KeyedSession[]> {
    return (await Promise.all([...this.#users].map((user) => super.listByUser(user)))).flat();
  }
}

class ListingTheFirst extends MemoryEngine {
  override async listByUser(user: string): Promise<KeyedSession[]> {
    return (await super.listByUser(user)).slice(0, 100);
  }
}

class ListingWhatIsGone extends MemoryEngine {
  readonly #listed = new Map<string, KeyedSession>();

  override async create(key: string, session: SessionToStore): Promise<boolean> {
    this.#listed.set(key, { key, ...session });
    return super.create(key, session);
  }

  override async listByUser(): Promise<KeyedSession[]> {
    return [...this.#listed.values()];
  }
}

class ForgettingTheUserOnReplace extends MemoryEngine {
  override replace(key: string, session: SessionToStore, previous: StoredSession): Promise<ReplaceOutcome> {
    return super.replace(key, { ...session, user: session.user ?? null }, previous);
  }
}

class KeepingTheFirstUser extends MemoryEngine {
  override replace(
    key: string,
    { user: _, ...session }: SessionToStore,
    previous: StoredSession,
  ): Promise<ReplaceOutcome> {
    return super.replace(key, session, previous);
  }
}

class ListingUntilTheFirstExpiry extends MemoryEngine {
  readonly #created = new Map<string, Date>();

  override create(key: string, session: SessionToStore): Promise<boolean> {
    this.#created.set(key, session.expiresAt);
    return super.create(key, session);
  }

  override async listByUser(user: string): Promise<KeyedSession[]> {
    const sessions = await super.listByUser(user);
    return sessions.filter(({ key, expiresAt }) => this.#created.get(key)?.getTime() === expiresAt.getTime());
  }
}

/** Engines that each break one promise of the contract, and the check of the suite that must notice. */
export const brokenEngines: [Engine: typeof MemoryEngine, check: string][] = [
  [Upserting, 'replace never creates'],
  [NotComparing, 'replace tells that another writer was first and leaves what that one stored'],
  [ComparingLoosely, 'replace compares exactly: case, accents, spaces and line ends differ'],
  [ComparingTheExpiryToo, 'replace compares the data and not the expiry, which a touch may have moved'],
  [CountingChangedRows, 'replace with nothing new, or with the same data, counts as replaced'],
  [KeepingTheOldExpiry, 'replace stores an earlier expiry too'],
  [ReadingThenWriting, 'of many replaces of one session exactly one wins, and the others are told'],
  [ReadingThenWriting, 'a session that is deleted while it is replaced stays deleted'],
  [ReadingThenWriting, 'writers that load and replace until they succeed lose nothing of each other'],
  [Overwriting, 'create refuses a key that is taken and changes nothing'],
  [OverwritingQuietly, 'create refuses a key that is taken and changes nothing'],
  [LookingBeforeCreating, 'of many creates with one key exactly one wins'],
  [RevivingOnTouch, 'touch after delete answers false and brings nothing back'],
  [RevivingExpiredOnTouch, 'an expired session is not loaded, replaced or touched, and stays gone'],
  [MovingTheExpiryBack, 'touch never moves the expiry back'],
  [TouchingNothing, 'a touched session outlives its first expiry, and expires at the new one'],
  [TouchingWithOldData, 'a touch beside a replace brings no old data back'],
  [LoadingExpired, 'a session lives until the instant of its expiry and no longer'],
  [Caching, 'a session that is deleted while it is loaded cannot be loaded afterwards'],
  [IgnoringTheLimit, 'deleteExpired removes no more than its limit'],
  [DeletingLiveSessions, 'deleteExpired removes what is expired and nothing else'],
  [DeletingNothing, 'deleteExpired removes what is expired and nothing else'],
  [CountingWrong, 'deleteExpired says 0 when nothing is expired'],
  [MissingOnDelete, 'delete of a missing key is no error, and neither is a second delete'],
  [DeletingNone, 'a deleted key can be used again'],
  [DeletingByPrefix, 'keys of 8 to 64 characters are kept apart, also when one begins with another'],
  [FoldingKeys, 'overlong and hostile keys find nothing and harm nothing'],
  [CuttingKeys, 'keys of 8 to 64 characters are kept apart, also when one begins with another'],
  [CuttingData, 'a megabyte of data, or as much as the store takes, comes back whole'],
  [KeepingLatin1, 'Unicode, quotes, percent signs, line ends and control characters come back as they were'],
  [KeepingSeconds, 'a created session is loaded with the same data and expiry, to the millisecond'],
  [SharingItsObjects, 'what was stored or loaded can be changed by its holder without changing the store'],
  [ForgettingTheOldest, 'of 10,000 sessions each keeps its own data'],
  [TouchingAfterDeletion, 'a session that is deleted while it is touched stays deleted'],
  [WritingInTwoSteps, 'a session that is loaded while it is replaced is the old or the new one, whole'],
  [DeletingWhatWasRenewed, 'a session that is renewed while deleteExpired runs stays, and one that is not goes'],
  [ListingEveryone, 'a user is listed the sessions that were stored with it, as load gives them, and no others'],
  [ListingEveryone, 'sessions that are stored at the same time are all listed to their users'],
  [ListingEveryone, 'a user without sessions is listed none'],
  [ListingTheFirst, 'a user with 1,000 sessions is listed each of them'],
  [ListingWhatIsGone, 'a session that is gone is listed no more, nor one whose time is over'],
  [ForgettingTheUserOnReplace, REPLACED],
  [KeepingTheFirstUser, REPLACED],
  [ListingUntilTheFirstExpiry, 'a session that was renewed or stored anew is listed until its new expiry'],
];
