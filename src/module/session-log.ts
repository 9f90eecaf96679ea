import { Logger } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import {
  describeEvent,
  type EventLevel,
  levelOf,
  type SessionEvent,
  type SessionObserver,
} from '../session/session-event.js';
import { GuardedObservable } from './guarded-observable.js';

/** Nest's logger and the stream of events as the heart knows them. */
export class SessionLog implements SessionObserver {
  readonly #logger = new Logger('SessionModule');
  readonly #events = new Subject<SessionEvent>();
  readonly events: Observable<SessionEvent> = new GuardedObservable(this.#events, (error) =>
    this.#logger.error(`A subscriber of SessionService.events has failed: ${textOf(error)}`),
  );

  hears(level: EventLevel): boolean {
    return this.#events.observed || Logger.isLevelEnabled(level);
  }

  event(event: SessionEvent): void {
    this.#logger[levelOf(event)](describeEvent(event));
    this.#events.next(event);
  }

  warn(message: string): void {
    this.#logger.warn(message);
  }

  error(error: unknown): void {
    this.#logger.error(textOf(error));
  }
}

function textOf(error: unknown): unknown {
  return error instanceof Error ? (error.stack ?? error.message) : error;
}
