import { BadRequestException, ConflictException, ServiceUnavailableException } from '@nestjs/common';
import { SharedByCopies } from '../shared-by-copies.js';
import { brand } from './session.error.js';

/**
 * The session was deleted while the request was at work, most often by a logout in another tab. Nothing was stored.
 * Answers 400, as Django's `SessionInterrupted` does.
 */
@SharedByCopies('SessionInterruptedError')
export class SessionInterruptedError extends BadRequestException {
  /** As in {@link SessionError}. */
  readonly code = 'SESSION_INTERRUPTED';

  constructor() {
    super(
      "The request's session was deleted before the request completed. The user may have logged out in a concurrent " +
        'request, for example.',
    );
    this.name = 'SessionInterruptedError';
    brand(this);
  }
}

/**
 * The store could not answer. Nothing is known to be stored, and the client must not be told otherwise. Answers 503; the
 * store's own error is the `cause`.
 */
@SharedByCopies('SessionStoreError')
export class SessionStoreError extends ServiceUnavailableException {
  /** As in {@link SessionError}. */
  readonly code = 'SESSION_STORE_FAILED';

  /** @param operation what it was asked to do, e.g. `load` */
  constructor(
    readonly operation: string,
    cause: unknown,
  ) {
    super('The session store is not available. Try again in a moment.', { cause });
    this.name = 'SessionStoreError';
    brand(this);
  }
}

/**
 * Other writers were first too many times in a row, so this request's changes were not stored. Answers 409; the request
 * may be sent again.
 */
@SharedByCopies('SessionConflictError')
export class SessionConflictError extends ConflictException {
  /** As in {@link SessionError}. */
  readonly code = 'SESSION_CONFLICT';

  constructor(attempts: number) {
    super(`The session changed ${attempts} times while this request tried to save it. Send the request again.`);
    this.name = 'SessionConflictError';
    brand(this);
  }
}
