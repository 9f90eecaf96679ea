import { SharedByCopies } from '../shared-by-copies.js';
import { SessionError } from './session.error.js';

/** A signed value was altered, was signed with another secret or salt, or carries no signature. Django's `BadSignature`. */
@SharedByCopies('BadSignatureError')
export class BadSignatureError extends SessionError {
  constructor(message: string, code = 'BAD_SIGNATURE') {
    super(code, message);
  }
}

/** The signature is right but older than allowed. Django's `SignatureExpired`. */
@SharedByCopies('SignatureExpiredError')
export class SignatureExpiredError extends BadSignatureError {
  constructor(message: string) {
    super(message, 'SIGNATURE_EXPIRED');
  }
}
