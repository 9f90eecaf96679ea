import type { KeyedSession, StoredSession } from './session-engine.js';

/** Sessions that are loaded at the same time. */
const AT_A_TIME = 100;
/** So that a user who logs in without end does not keep the search going. */
const MOST_ROUNDS = 20;

/**
 * The sessions of a user, from a store that keeps the keys of each user's apart from the sessions: a key is listed before
 * its session is stored, and until after it is gone.
 *
 * A session may be given a new key meanwhile. It is stored under the new one before it is lost under the old one, so its new
 * key is found in a list that is asked for then, or was listed already and had no session yet. Only when two rounds have
 * brought no key to light has no session escaped.
 *
 * @param load gives undefined also for a session that is known to be somebody else's
 */
export async function loadListed(
  listKeys: () => Promise<readonly string[]>,
  load: (key: string) => Promise<StoredSession | undefined>,
): Promise<KeyedSession[]> {
  const tried = new Set<string>();
  const found = new Map<string, KeyedSession>();
  let quietRounds = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const open = (await listKeys()).filter((key) => !found.has(key));
    quietRounds = open.every((key) => tried.has(key)) ? quietRounds + 1 : 0;
    if (open.length === 0 || quietRounds === 2) break;
    for (let start = 0; start < open.length; start += AT_A_TIME) {
      await Promise.all(
        open.slice(start, start + AT_A_TIME).map(async (key) => {
          tried.add(key);
          const session = await load(key);
          if (session) found.set(key, { key, ...session });
        }),
      );
    }
  }
  return [...found.values()];
}
