import { Logger } from '@nestjs/common';
import { Subject } from 'rxjs';
import type { SessionEvent, SessionObserver } from '../session/session-event.js';

/** Nest's logger and the stream of events as the heart knows them. */
export class SessionLog implements SessionObserver {
  readonly events = new Subject<SessionEvent>();
  readonly #logger = new Logger('SessionModule');

  event(event: SessionEvent): void {
    this.events.next(event);
  }

  warn(message: string): void {
    this.#logger.warn(message);
  }

  error(error: unknown): void {
    this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : error);
  }
}
