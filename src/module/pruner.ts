import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SessionManager } from '../session/session-manager.js';
import type { SessionLog } from './session-log.js';
import type { ResolvedOptions } from './session-options.js';
import { RESOLVED_OPTIONS, SESSION_LOG, SESSION_MANAGER } from './tokens.js';

/** Deletes expired sessions in the background, at times that differ between the instances of an application. */
@Injectable()
export class Pruner implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #pruneInterval: ResolvedOptions['pruneInterval'];
  readonly #end = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(
    @Inject(RESOLVED_OPTIONS) { pruneInterval }: Pick<ResolvedOptions, 'pruneInterval'>,
    @Inject(SESSION_MANAGER) private readonly sessions: SessionManager,
    @Inject(SESSION_LOG) private readonly log: SessionLog,
  ) {
    // Not all of the options, which hold the secret, and a provider may end up in a log.
    this.#pruneInterval = pruneInterval;
  }

  onApplicationBootstrap(): void {
    this.#schedule();
  }

  /** Waits for the batch at work, while there still is a store. */
  async onModuleDestroy(): Promise<void> {
    this.#end.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #schedule(): void {
    const pruneInterval = this.#pruneInterval;
    if (pruneInterval === false || this.#end.signal.aborted) return;
    const pause = pruneInterval * 1000 * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(
      () => {
        this.#running = this.#prune().finally(() => this.#schedule());
      },
      Math.min(pause, 2 ** 31 - 1),
    );
    this.#timer.unref();
  }

  async #prune(): Promise<void> {
    try {
      await this.sessions.clearExpired(undefined, this.#end.signal);
    } catch (error) {
      this.log.warn(`Expired sessions were not deleted this time: ${(error as Error).message}`);
    }
  }
}
