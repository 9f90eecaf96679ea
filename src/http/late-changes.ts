import { setImmediate } from 'node:timers/promises';
import type { SessionState } from '../session/session-state.js';
import type { HttpMessages } from './http-messages.js';
import type { HttpSettings } from './http-settings.js';

/**
 * What is done to a session once the head of its response has left. Under a key that the client holds it is still stored;
 * a new session is not, because its key could no longer be sent. Either way the log says so, and how to avoid it.
 */
export class LateChanges {
  readonly #state: SessionState;
  readonly #settings: HttpSettings;
  readonly #messages: HttpMessages;
  #isResponseOver = false;
  #isCheckDue = false;
  #isTold = false;

  constructor(state: SessionState, settings: HttpSettings, messages: HttpMessages) {
    this.#state = state;
    this.#settings = settings;
    this.#messages = messages;
  }

  /** Something was changed. While the response is under way its end takes care of that. */
  noticed(): void {
    if (!this.#isResponseOver || this.#isCheckDue) return;
    this.#isCheckDue = true;
    // A moment later, so that a handler may well change a session and save it itself.
    void this.#check();
  }

  /** The response has ended, so nobody asks for {@link store} any more. */
  responseIsOver(): void {
    this.#isResponseOver = true;
  }

  /** Stores what can be stored; undefined when nothing was changed. Rejects, after logging, when the store fails. */
  store(): Promise<void> | undefined {
    const { sessions, log } = this.#settings;
    const state = this.#state;
    if (state.isBusy) return state.inTurn(async () => {}).then(() => this.store());
    if (!isUnsaved(state)) return undefined;
    const isStorable = sessions.reachesClient(state);
    this.#tell(isStorable);
    state.rotating = false;
    if (!isStorable) return undefined;
    return sessions.commit(state).catch((error: unknown) => {
      log.error(error);
      throw error;
    });
  }

  async #check(): Promise<void> {
    await setImmediate();
    this.#isCheckDue = false;
    await this.store()?.catch(() => undefined);
  }

  #tell(isStored: boolean): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#settings.log.error(
      `${this.#messages.description} changed its session after the head of the response had left. ` +
        (isStored ? 'The change is stored, but nothing made it wait for the store. ' : 'The change is lost: ') +
        (isStored ? '' : 'the session is new, and the browser can no longer be sent its cookie. ') +
        'Change the session before anything is sent, and await what changes it.',
    );
  }
}

/** Something was changed that is not in the store, or a new key was asked for. */
function isUnsaved(state: SessionState): boolean {
  return state.isLoaded && !state.interrupted && (state.rotating || (state.needsSave && !state.isEmpty));
}
