import { SharedByCopies } from '../shared-by-copies.js';
import { SessionError } from './session.error.js';

/** A cookie that no browser would keep, or that would break the response, was refused before anything was sent. */
@SharedByCopies('InvalidCookieError')
export class InvalidCookieError extends SessionError {
  constructor(message: string) {
    super('INVALID_COOKIE', message);
  }
}

/** Name and value together exceed the 4096 bytes that browsers keep. */
@SharedByCopies('CookieOverflowError')
export class CookieOverflowError extends SessionError {
  constructor(message: string) {
    super('COOKIE_OVERFLOW', message);
  }
}
