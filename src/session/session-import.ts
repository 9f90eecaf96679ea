import type { SessionToStore, StoredSession } from '../engines/session-engine.js';
import { SessionConflictError } from '../errors/index.js';
import type { FormerContent, FormerSession } from '../importers/session-importer.js';
import { askFormer } from './ask-former.js';
import type { FoundSession, KeyedSession } from './base-session-manager.js';
import type { SessionExpiry } from './expiry.js';
import type { ImportKeys, ImportNames } from './import-keys.js';
import type { Inheritance } from './inheritance.js';
import type { SessionObserver } from './session-event.js';
import type { SessionStore } from './session-store.js';
import { isStandIn, standIn } from './stand-in.js';

export interface SessionImportSettings {
  readonly store: SessionStore;
  readonly keys: ImportKeys;
  readonly expiry: SessionExpiry;
  readonly observer: SessionObserver;
  /** What a store that knows of users keeps of one where there is none. */
  readonly noUser: null | undefined;
}

/** What only the manager of sessions can do. */
export interface ImportTarget {
  /** What is stored under a key, if it can be read. */
  open(key: string, stored: StoredSession): FoundSession | undefined;
  /** Tells that a session was taken over. */
  imported(key: string, session: FoundSession): void;
  /** What a new session with that content is to be, and what is to be stored of it. */
  prepare(content: FormerContent): FoundSession & { readonly origin: { readonly stored: SessionToStore } };
}

const MOST_ATTEMPTS = 50;

/**
 * Takes over sessions of other libraries, in whatever processes and requests at once, each one once and for all:
 *
 * 1. A stand-in takes the place of the new session, under the key that the old one leads to.
 * 2. Unless there is a note that the old session was taken over before, its content replaces the stand-in.
 * 3. The note is left, the old session is ended, and only then does anybody get to see the new one.
 *
 * A session that was logged out has been seen, so there is a note of it; and what is replaced in step 2 is the very
 * stand-in that was there before the note was looked for, so nothing that has ended meanwhile is stored again. Whoever dies
 * between two steps leaves the old session where it was, or the new one where everybody finds it.
 */
export class SessionImport {
  constructor(private readonly settings: SessionImportSettings) {}

  /** The session that goes on from a former one; undefined when there is none, or none any more. */
  async take(former: FormerSession, inheritance: Inheritance, target: ImportTarget): Promise<KeyedSession | undefined> {
    const { store } = this.settings;
    const names = await this.#namesOf(former);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      const stored = await store.load(names.key);
      const found = isSession(stored)
        ? target.open(names.key, stored)
        : await this.#import(former, names, target, stored);
      if (found === 'again') continue;
      if (found === undefined) return undefined;
      if (found !== 'over') await store.create(names.note, this.#standIn('imported', former));
      await askFormer(former, this.settings.observer, 'end', () => former.end());
      inheritance.settled.push(former);
      return found === 'over' ? undefined : { key: names.key, ...found };
    }
    throw new SessionConflictError(MOST_ATTEMPTS);
  }

  /** A session that was taken over under a former secret keeps the key that it got then. */
  async #namesOf(former: FormerSession): Promise<ImportNames> {
    const [current, ...older] = this.settings.keys.namesOf(former);
    for (const names of older) if (await this.settings.store.load(names.note)) return names;
    return current;
  }

  /**
   * What became of the attempt to store the new session: itself, undefined where there is no old one, `'over'` where it has
   * ended here already, `'again'` where another request was at work too.
   */
  async #import(
    former: FormerSession,
    { key, note }: ImportNames,
    target: ImportTarget,
    standIn: StoredSession | undefined,
  ): Promise<FoundSession | 'again' | 'over' | undefined> {
    const { store, observer } = this.settings;
    const content = await askFormer(former, observer, 'load', () => former.load());
    const place = standIn ?? (content && this.#standIn('importing', former));
    if (place && place !== standIn && !(await store.create(key, place))) {
      // What is taken and not there has expired: the new session, or an attempt at it.
      return (await store.load(key)) ? 'again' : undefined;
    }
    // Without content another request may have taken the session over since this one looked.
    if (await store.load(note)) return isSession(await store.load(key)) ? 'again' : 'over';
    if (!content || !place) return undefined;
    const next = target.prepare(content);
    if ((await store.replace(key, next.origin.stored, place)) !== 'replaced') return 'again';
    target.imported(key, next);
    return next;
  }

  #standIn(reason: 'importing' | 'imported', { endsAt }: FormerSession): SessionToStore {
    const { expiry, noUser } = this.settings;
    return standIn(reason, endsAt ?? expiry.date(new Map()), noUser);
  }
}

function isSession(stored: StoredSession | undefined): stored is StoredSession {
  return stored !== undefined && !isStandIn(stored.data);
}
