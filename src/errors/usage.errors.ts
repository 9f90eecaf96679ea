import { SharedByCopies } from '../shared-by-copies.js';
import { SessionError } from './session.error.js';

/** An option of the module is missing, wrong or unknown. Stops the start of the application. */
@SharedByCopies('SessionOptionsError')
export class SessionOptionsError extends SessionError {
  constructor(message: string) {
    super('SESSION_OPTIONS', message);
  }
}

/** A value that JSON would change or drop, or a session key that may not be set. */
@SharedByCopies('SessionValueError')
export class SessionValueError extends SessionError {
  constructor(message: string) {
    super('SESSION_VALUE', message);
  }
}

/** A session was used before it was loaded. */
@SharedByCopies('SessionNotLoadedError')
export class SessionNotLoadedError extends SessionError {
  constructor(message: string) {
    super('SESSION_NOT_LOADED', message);
  }
}

/** The engine in use has no means to do what was asked of it. */
@SharedByCopies('UnsupportedByEngineError')
export class UnsupportedByEngineError extends SessionError {
  constructor(engine: string, operation: string, cure = 'Choose an engine that can.') {
    super('UNSUPPORTED_BY_ENGINE', `The session engine ${engine} cannot ${operation}. ${cure}`);
  }
}

/** The session was changed or a cookie set after the head of the response had been sent, so the browser cannot be told. */
@SharedByCopies('ResponseHeadSentError')
export class ResponseHeadSentError extends SessionError {
  constructor(message: string) {
    super('RESPONSE_HEAD_SENT', message);
  }
}
