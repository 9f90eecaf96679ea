import type { CookieSessionEngine } from '../engines/cookie-session-engine.js';
import { CookieOverflowError, UnsupportedByEngineError } from '../errors/index.js';
import { writeJson } from '../signing/index.js';
import type { FormerSession } from '../importers/session-importer.js';
import { askFormer } from './ask-former.js';
import {
  BaseSessionManager,
  type Circumstances,
  type FoundSession,
  type KeyedSession,
  type ManagerSettings,
} from './base-session-manager.js';
import type { Inheritance } from './inheritance.js';
import type { SessionState } from './session-state.js';
import type { SessionText } from './session-text.js';

export interface CookieSessionSettings extends ManagerSettings {
  readonly engine: CookieSessionEngine;
  readonly text: SessionText;
  readonly cookieName: string;
}

/** What browsers keep of a cookie: name and value together. */
const MOST_BYTES = 4096;
const SIGNED = /^[\w.-]+:\w+:[\w-]{43}$/;
const MOST_NAMED = 3;
/** Seconds for which requests may overlap. */
const OVERLAP = 60;
const LONGEST_NAME = 60;

/**
 * Sessions that the client keeps: the session key is the value of the cookie, and holds everything. The server remembers
 * nothing, so some promises of the other engines cannot be kept:
 *
 * - Of two requests that overlap, each sends a whole session of its own, and the browser keeps the one that arrives last;
 *   what the other changed, also by `compute`, is lost. Both may read the same flash message.
 * - `flush` has the browser drop its cookie and `cycleKey` makes it a new one, but a copy that somebody took before stays
 *   good until it expires.
 */
export class CookieSessionManager extends BaseSessionManager<CookieSessionSettings> {
  delete(): Promise<void> {
    const { name } = this.settings.engine;
    return Promise.reject(new UnsupportedByEngineError(name, 'end a session that only its browser keeps'));
  }

  /** There is nothing to clear. */
  clearExpired(): Promise<number> {
    return Promise.resolve(0);
  }

  /** Whatever is stored is a new cookie. */
  override reachesClient(state: SessionState): boolean {
    return state.onLateChange === undefined;
  }

  protected isKey(text: string): boolean {
    return /^[\w.:-]+$/.test(text);
  }

  protected async fetch(key: string, state?: SessionState): Promise<FoundSession | undefined> {
    try {
      const { text, sealedAt } = this.settings.engine.unseal(key);
      const values = this.settings.text.read(text);
      this.settings.record?.complete(values, sealedAt);
      const expiresAt = this.expiry.date(values, sealedAt.getTime());
      if (expiresAt.getTime() <= this.settings.clock.now()) return this.expired(key, values, state);
      return { values, origin: { stored: { data: key, expiresAt }, text } };
    } catch (error) {
      // What was never signed is no peer's session.
      return this.reject(key, error, state, SIGNED.test(key));
    }
  }

  protected async store(state: SessionState): Promise<void> {
    const isNew = state.key === undefined;
    const key = await this.attempt(state, (changes) => {
      const text = this.settings.text.write(state.values, state.origin?.text, changes);
      const data = this.settings.engine.seal(text);
      this.#assertFits(data, state.values);
      state.stored(data, { stored: { data, expiresAt: this.expiry.date(state.values) }, text }, changes);
      return data;
    });
    if (isNew) this.tell('created', key, { state, values: state.values });
  }

  protected async storeAnew(state: SessionState): Promise<void> {
    const previousKey = state.key;
    await this.store(state);
    if (previousKey !== undefined) this.tell('rotated', state.key!, { state, values: state.values, previousKey });
  }

  protected renew(state: SessionState): Promise<void> {
    return this.store(state);
  }

  protected async forget(key: string, about: Circumstances): Promise<void> {
    for (const former of about.state?.inheritance?.settled ?? []) await this.#end(former);
    this.tell('deleted', key, about);
  }

  /**
   * Nothing on the server tells requests that overlap of the new session, so the old one is there for them a while longer,
   * and until the client can be sent the new one.
   */
  protected async inherit(
    former: FormerSession,
    { isAnswered, settled }: Inheritance,
    state: SessionState,
  ): Promise<KeyedSession | undefined> {
    const content = await askFormer(former, this.settings.observer, 'load', () => former.load());
    if (!content) return undefined;
    const { values } = this.successor(content, state);
    const text = this.settings.text.write(values);
    const key = this.settings.engine.seal(text);
    this.#assertFits(key, values);
    if (isAnswered && this.reachesClient(state)) {
      await this.#end(former, OVERLAP);
      settled.push(former);
    }
    this.tell('imported', key, { state, values });
    return { key, values, origin: { stored: { data: key, expiresAt: this.expiry.date(values) }, text } };
  }

  #end(former: FormerSession, seconds?: number): Promise<void> {
    return askFormer(former, this.settings.observer, 'end', () => former.end(seconds));
  }

  /** From what the cookie held when it arrived; it goes with the cookie that the response sends. */
  protected async claim(state: SessionState, message: string): Promise<unknown> {
    const arrived = state.origin && this.settings.text.read(state.origin.text);
    if (!arrived?.has(message)) return undefined;
    state.received(message);
    state.demandSave();
    return arrived.get(message);
  }

  #assertFits(value: string, values: ReadonlyMap<string, unknown>): void {
    const { cookieName, engine } = this.settings;
    const size = cookieName.length + value.length;
    if (size <= MOST_BYTES) return;
    throw new CookieOverflowError(
      `The session does not fit into its cookie: name and value take ${size} bytes, and browsers keep at most ${MOST_BYTES}. ` +
        `The biggest entries are ${biggestEntries(values)}. Keep less in the session, or replace the engine ${engine.name} ` +
        'by one that keeps sessions on the server.',
    );
  }
}

function biggestEntries(values: ReadonlyMap<string, unknown>): string {
  return [...values]
    .map(([key, value]) => ({ key, bytes: writeJson(key).length + writeJson(value).length }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_NAMED)
    .map(({ key, bytes }) => `${JSON.stringify(key.slice(0, LONGEST_NAME))} (${bytes} bytes of JSON)`)
    .join(', ');
}
