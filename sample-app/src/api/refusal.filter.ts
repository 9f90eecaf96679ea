import { type ArgumentsHost, BadRequestException, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { BadSignatureError, CookieOverflowError, InvalidCookieError, SessionValueError } from 'nest-sessions';

/** Answers 400, with the library's message, to what a visitor has sent and the library refuses. */
@Catch(InvalidCookieError, CookieOverflowError, SessionValueError, BadSignatureError)
export class RefusalFilter implements ExceptionFilter<Error> {
  catch(error: Error, host: ArgumentsHost): void {
    const refusal = new BadRequestException(error.message);
    host.switchToHttp().getResponse<Response>().status(refusal.getStatus()).json(refusal.getResponse());
  }
}
