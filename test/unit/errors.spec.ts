import { BadRequestException } from '@nestjs/common';
import {
  BadSignatureError,
  SessionConflictError,
  SessionError,
  SessionInterruptedError,
  SessionStoreError,
  SignatureExpiredError,
} from '../../src/errors/index.js';

describe('errors', () => {
  it.each([
    new SessionInterruptedError(),
    new SessionStoreError('load', new Error('down')),
    new SessionConflictError(3),
  ])('an HTTP error is a SessionError too: $name', (error) => expect(error).toBeInstanceOf(SessionError));

  it('instanceof stays exact for subclasses', () => {
    expect(new SignatureExpiredError('old')).toBeInstanceOf(BadSignatureError);
    expect(new SessionInterruptedError()).not.toBeInstanceOf(BadSignatureError);
    expect(new SessionInterruptedError()).toBeInstanceOf(BadRequestException);
    expect(new Error('other')).not.toBeInstanceOf(SessionError);
  });
});
