import { type ArgumentsHost, BadRequestException, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { REFUSALS } from './refusals.js';

/** Answers 400, with the library's message, to what the library refuses. */
@Catch(...REFUSALS)
export class RefusalFilter implements ExceptionFilter<Error> {
  catch(error: Error, host: ArgumentsHost): void {
    const refusal = new BadRequestException(error.message);
    host.switchToHttp().getResponse<Response>().status(refusal.getStatus()).json(refusal.getResponse());
  }
}
