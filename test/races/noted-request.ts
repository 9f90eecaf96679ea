import { SessionInterruptedError } from '../../src/errors/index.js';
import { SessionState } from '../../src/session/session-state.js';
import type { Session } from '../../src/session/session.js';
import type { StoredSessionManager } from '../../src/session/stored-session-manager.js';
import type { Scheduler } from './explorer.js';
import type { Step } from './linearization.js';
import type { NotedSessions } from './noted-sessions.js';
import {
  describeValues,
  INTERRUPTED,
  MESSAGE,
  ownSession,
  readAs,
  storedAs,
  type Action,
  type Change,
  type Changeable,
} from './session-model.js';

type Method = 'save' | 'cycleKey' | 'flush';

/**
 * What a handler does next: something at once, something that it awaits or only starts, to read the message, or nothing
 * while others go on.
 */
export type Deed = Change | Method | { readonly start: Method } | 'read' | 'pause';

/** One request on the real manager, which notes its steps and what came of them. */
export class NotedRequest {
  readonly #state: SessionState;
  readonly #session: Session;
  /** Since the last step. */
  #changes: Change[] = [];
  #created = 0;

  constructor(
    private readonly operation: number,
    key: string,
    private readonly manager: StoredSessionManager,
    private readonly scheduler: Scheduler,
    private readonly notes: { readonly steps: Step<Action>[]; readonly sessions: NotedSessions },
  ) {
    this.#state = new SessionState([key]);
    this.#session = manager.session(this.#state);
  }

  /** From the load to the commit, or until the handler learns that its session is gone. */
  async perform(deeds: readonly Deed[]): Promise<void> {
    try {
      await this.#await('load', () => this.manager.load(this.#state));
      for (const deed of deeds) await this.#do(deed);
      await this.#await('commit', () => this.#commit());
    } catch (error) {
      assertInterruption(error);
    }
  }

  async #do(deed: Deed): Promise<void> {
    if (typeof deed === 'function') {
      deed(this.#session as object as Changeable, this.operation);
      this.#changes.push(deed);
    } else if (deed === 'pause') {
      const pause = { name: 'pause', resource: '' };
      const span = { operation: this.operation, ended: Infinity };
      await this.scheduler.span(span, () => this.scheduler.call(pause, async () => {}));
    } else if (deed === 'read') {
      await this.#await(deed, async () => readAs(await this.#session.flash(MESSAGE)));
    } else if (typeof deed === 'string') {
      await this.#await(deed, () => this.#session[deed]());
    } else {
      // Nobody hears when it ends, nor how; the commit tells if it failed.
      const step = this.#note(deed.start, undefined);
      this.scheduler.span({ ...step }, () => this.#session[deed.start]()).catch(assertInterruption);
    }
  }

  async #await(kind: Action['kind'], act: () => Promise<string | void>): Promise<void> {
    const step = this.#note(kind, INTERRUPTED);
    const outcome = await this.scheduler.span(step, act);
    step.outcome = outcome ?? this.#outcome(kind);
  }

  #outcome(kind: Action['kind']): string {
    const { key, values } = this.#state;
    if (key !== undefined && kind === 'load') return describeValues(values);
    return storedAs(key && this.notes.sessions.nameOf(key, () => ownSession(this.operation, ++this.#created)));
  }

  #note(kind: Action['kind'], outcome: string | undefined): Step<Action> {
    const action = { kind, changes: this.#changes };
    this.#changes = [];
    const step: Step<Action> = { operation: this.operation, action, outcome, ended: Infinity };
    this.notes.steps.push(step);
    return step;
  }

  /** As the response does, which also tells of what was only started and failed. */
  async #commit(): Promise<void> {
    if (this.manager.needsCommit(this.#state)) await this.manager.commit(this.#state);
    if (this.#state.interrupted) throw new SessionInterruptedError();
  }
}

function assertInterruption(error: unknown): void {
  if (!(error instanceof SessionInterruptedError)) throw error;
}
