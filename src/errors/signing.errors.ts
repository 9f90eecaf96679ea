import { SessionError } from './session.error.js';

/** A signed value was altered, was signed with another secret or salt, or carries no signature. Django's `BadSignature`. */
export class BadSignatureError extends SessionError {
  constructor(message: string, code = 'BAD_SIGNATURE') {
    super(code, message);
  }
}

/** The signature is right but older than allowed. Django's `SignatureExpired`. */
export class SignatureExpiredError extends BadSignatureError {
  constructor(message: string) {
    super(message, 'SIGNATURE_EXPIRED');
  }
}
